import type Long from 'long'
import * as $protobuf from "protobufjs/minimal.js";

/**
 * Properties of an Address.
 * @deprecated Use Address.$Properties instead.
 */
export interface IAddress extends Address.$Properties {
}

/** Represents an Address. */
export class Address {

    /**
     * Constructs a new Address.
     * @param [properties] Properties to set
     */
    constructor(properties?: Address.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** Address multiaddr. */
    multiaddr: Uint8Array;

    /** Address isCertified. */
    isCertified: boolean;

    /** Address observed. */
    observed: (number|Long);

    /** Address expires. */
    expires: (number|Long);

    /** Address source. */
    source: string;

    /**
     * Encodes the specified Address message. Does not implicitly {@link Address.verify|verify} messages.
     * @param message Address message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: Address.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes an Address message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {Address & Address.$Shape} Address
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): Address & Address.$Shape;
}

export namespace Address {

    /** Properties of an Address. */
    interface $Properties {

        /** Address multiaddr */
        multiaddr?: (Uint8Array|null);

        /** Address isCertified */
        isCertified?: (boolean|null);

        /** Address observed */
        observed?: (number|Long|null);

        /** Address expires */
        expires?: (number|Long|null);

        /** Address source */
        source?: (string|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of an Address. */
    type $Shape = Address.$Properties;
}

/**
 * Properties of a Tag.
 * @deprecated Use Tag.$Properties instead.
 */
export interface ITag extends Tag.$Properties {
}

/** Represents a Tag. */
export class Tag {

    /**
     * Constructs a new Tag.
     * @param [properties] Properties to set
     */
    constructor(properties?: Tag.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** Tag value. */
    value: number;

    /** Tag expiry. */
    expiry: (number|Long);

    /**
     * Encodes the specified Tag message. Does not implicitly {@link Tag.verify|verify} messages.
     * @param message Tag message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: Tag.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a Tag message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {Tag & Tag.$Shape} Tag
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): Tag & Tag.$Shape;
}

export namespace Tag {

    /** Properties of a Tag. */
    interface $Properties {

        /** Tag value */
        value?: (number|null);

        /** Tag expiry */
        expiry?: (number|Long|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a Tag. */
    type $Shape = Tag.$Properties;
}

/**
 * Properties of a MetadataEntry.
 * @deprecated Use MetadataEntry.$Properties instead.
 */
export interface IMetadataEntry extends MetadataEntry.$Properties {
}

/** Represents a MetadataEntry. */
export class MetadataEntry {

    /**
     * Constructs a new MetadataEntry.
     * @param [properties] Properties to set
     */
    constructor(properties?: MetadataEntry.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** MetadataEntry key. */
    key: string;

    /** MetadataEntry value. */
    value: Uint8Array;

    /**
     * Encodes the specified MetadataEntry message. Does not implicitly {@link MetadataEntry.verify|verify} messages.
     * @param message MetadataEntry message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: MetadataEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a MetadataEntry message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {MetadataEntry & MetadataEntry.$Shape} MetadataEntry
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): MetadataEntry & MetadataEntry.$Shape;
}

export namespace MetadataEntry {

    /** Properties of a MetadataEntry. */
    interface $Properties {

        /** MetadataEntry key */
        key?: (string|null);

        /** MetadataEntry value */
        value?: (Uint8Array|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a MetadataEntry. */
    type $Shape = MetadataEntry.$Properties;
}

/**
 * Properties of a TagEntry.
 * @deprecated Use TagEntry.$Properties instead.
 */
export interface ITagEntry extends TagEntry.$Properties {
}

/** Represents a TagEntry. */
export class TagEntry {

    /**
     * Constructs a new TagEntry.
     * @param [properties] Properties to set
     */
    constructor(properties?: TagEntry.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** TagEntry key. */
    key: string;

    /** TagEntry value. */
    value?: (Tag.$Properties|null);

    /**
     * Encodes the specified TagEntry message. Does not implicitly {@link TagEntry.verify|verify} messages.
     * @param message TagEntry message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: TagEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a TagEntry message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {TagEntry & TagEntry.$Shape} TagEntry
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): TagEntry & TagEntry.$Shape;
}

export namespace TagEntry {

    /** Properties of a TagEntry. */
    interface $Properties {

        /** TagEntry key */
        key?: (string|null);

        /** TagEntry value */
        value?: (Tag.$Properties|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a TagEntry. */
    type $Shape = TagEntry.$Properties;
}

/**
 * Properties of a Peer.
 * @deprecated Use Peer.$Properties instead.
 */
export interface IPeer extends Peer.$Properties {
}

/** Represents a Peer. */
export class Peer {

    /**
     * Constructs a new Peer.
     * @param [properties] Properties to set
     */
    constructor(properties?: Peer.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** Peer addresses. */
    addresses: Address.$Properties[];

    /** Peer protocols. */
    protocols: string[];

    /** Peer publicKey. */
    publicKey: Uint8Array;

    /** Peer peerRecordEnvelope. */
    peerRecordEnvelope: Uint8Array;

    /** Peer metadata. */
    metadata: MetadataEntry.$Properties[];

    /** Peer tags. */
    tags: TagEntry.$Properties[];

    /** Peer updated. */
    updated: (number|Long);

    /** Peer version. */
    version: number;

    /**
     * Encodes the specified Peer message. Does not implicitly {@link Peer.verify|verify} messages.
     * @param message Peer message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: Peer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a Peer message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {Peer & Peer.$Shape} Peer
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): Peer & Peer.$Shape;
}

export namespace Peer {

    /** Properties of a Peer. */
    interface $Properties {

        /** Peer addresses */
        addresses?: (Address.$Properties[]|null);

        /** Peer protocols */
        protocols?: (string[]|null);

        /** Peer publicKey */
        publicKey?: (Uint8Array|null);

        /** Peer peerRecordEnvelope */
        peerRecordEnvelope?: (Uint8Array|null);

        /** Peer metadata */
        metadata?: (MetadataEntry.$Properties[]|null);

        /** Peer tags */
        tags?: (TagEntry.$Properties[]|null);

        /** Peer updated */
        updated?: (number|Long|null);

        /** Peer version */
        version?: (number|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a Peer. */
    type $Shape = Peer.$Properties;
}
