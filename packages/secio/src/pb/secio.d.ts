import * as $protobuf from "protobufjs/minimal.js";

/**
 * Properties of a Propose.
 * @deprecated Use Propose.$Properties instead.
 */
export interface IPropose extends Propose.$Properties {
}

/** Represents a Propose. */
export class Propose {

    /**
     * Constructs a new Propose.
     * @param [properties] Properties to set
     */
    constructor(properties?: Propose.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** Propose rand. */
    rand: Uint8Array;

    /** Propose pubkey. */
    pubkey: Uint8Array;

    /** Propose exchanges. */
    exchanges: string;

    /** Propose ciphers. */
    ciphers: string;

    /** Propose hashes. */
    hashes: string;

    /**
     * Encodes the specified Propose message. Does not implicitly {@link Propose.verify|verify} messages.
     * @param message Propose message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: Propose.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a Propose message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {Propose & Propose.$Shape} Propose
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): Propose & Propose.$Shape;
}

export namespace Propose {

    /** Properties of a Propose. */
    interface $Properties {

        /** Propose rand */
        rand?: (Uint8Array|null);

        /** Propose pubkey */
        pubkey?: (Uint8Array|null);

        /** Propose exchanges */
        exchanges?: (string|null);

        /** Propose ciphers */
        ciphers?: (string|null);

        /** Propose hashes */
        hashes?: (string|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a Propose. */
    type $Shape = Propose.$Properties;
}

/**
 * Properties of an Exchange.
 * @deprecated Use Exchange.$Properties instead.
 */
export interface IExchange extends Exchange.$Properties {
}

/** Represents an Exchange. */
export class Exchange {

    /**
     * Constructs a new Exchange.
     * @param [properties] Properties to set
     */
    constructor(properties?: Exchange.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** Exchange epubkey. */
    epubkey: Uint8Array;

    /** Exchange signature. */
    signature: Uint8Array;

    /**
     * Encodes the specified Exchange message. Does not implicitly {@link Exchange.verify|verify} messages.
     * @param message Exchange message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: Exchange.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes an Exchange message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {Exchange & Exchange.$Shape} Exchange
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): Exchange & Exchange.$Shape;
}

export namespace Exchange {

    /** Properties of an Exchange. */
    interface $Properties {

        /** Exchange epubkey */
        epubkey?: (Uint8Array|null);

        /** Exchange signature */
        signature?: (Uint8Array|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of an Exchange. */
    type $Shape = Exchange.$Properties;
}
