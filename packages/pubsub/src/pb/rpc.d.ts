import * as $protobuf from "protobufjs/minimal.js";

/**
 * Properties of a Rpc.
 * @deprecated Use Rpc.$Properties instead.
 */
export interface IRpc extends Rpc.$Properties {
}

/** Represents a Rpc. */
export class Rpc {

    /**
     * Constructs a new Rpc.
     * @param [properties] Properties to set
     */
    constructor(properties?: Rpc.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** Rpc subscriptions. */
    subscriptions: SubOpts.$Properties[];

    /** Rpc publish. */
    publish: Uint8Array[];

    /** Rpc control. */
    control?: (Control.$Properties|null);

    /** Rpc partial. */
    partial?: (Partial.$Properties|null);

    /**
     * Encodes the specified Rpc message. Does not implicitly {@link Rpc.verify|verify} messages.
     * @param message Rpc message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: Rpc.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a Rpc message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {Rpc & Rpc.$Shape} Rpc
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): Rpc & Rpc.$Shape;
}

export namespace Rpc {

    /** Properties of a Rpc. */
    interface $Properties {

        /** Rpc subscriptions */
        subscriptions?: (SubOpts.$Properties[]|null);

        /** Rpc publish */
        publish?: (Uint8Array[]|null);

        /** Rpc control */
        control?: (Control.$Properties|null);

        /** Rpc partial */
        partial?: (Partial.$Properties|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a Rpc. */
    type $Shape = Rpc.$Properties;
}

/**
 * Properties of a SubOpts.
 * @deprecated Use SubOpts.$Properties instead.
 */
export interface ISubOpts extends SubOpts.$Properties {
}

/** Represents a SubOpts. */
export class SubOpts {

    /**
     * Constructs a new SubOpts.
     * @param [properties] Properties to set
     */
    constructor(properties?: SubOpts.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** SubOpts subscribe. */
    subscribe: boolean;

    /** SubOpts topicid. */
    topicid: string;

    /** SubOpts requestsPartial. */
    requestsPartial: boolean;

    /** SubOpts supportsSendingPartial. */
    supportsSendingPartial: boolean;

    /**
     * Encodes the specified SubOpts message. Does not implicitly {@link SubOpts.verify|verify} messages.
     * @param message SubOpts message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: SubOpts.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a SubOpts message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {SubOpts & SubOpts.$Shape} SubOpts
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): SubOpts & SubOpts.$Shape;
}

export namespace SubOpts {

    /** Properties of a SubOpts. */
    interface $Properties {

        /** SubOpts subscribe */
        subscribe?: (boolean|null);

        /** SubOpts topicid */
        topicid?: (string|null);

        /** SubOpts requestsPartial */
        requestsPartial?: (boolean|null);

        /** SubOpts supportsSendingPartial */
        supportsSendingPartial?: (boolean|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a SubOpts. */
    type $Shape = SubOpts.$Properties;
}

/**
 * Properties of a Control.
 * @deprecated Use Control.$Properties instead.
 */
export interface IControl extends Control.$Properties {
}

/** Represents a Control. */
export class Control {

    /**
     * Constructs a new Control.
     * @param [properties] Properties to set
     */
    constructor(properties?: Control.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** Control ihave. */
    ihave: IHave.$Properties[];

    /** Control iwant. */
    iwant: IWant.$Properties[];

    /** Control graft. */
    graft: Graft.$Properties[];

    /** Control prune. */
    prune: Prune.$Properties[];

    /** Control idontwant. */
    idontwant: IDontWant.$Properties[];

    /** Control extensions. */
    extensions?: (Extensions.$Properties|null);

    /**
     * Encodes the specified Control message. Does not implicitly {@link Control.verify|verify} messages.
     * @param message Control message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: Control.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a Control message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {Control & Control.$Shape} Control
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): Control & Control.$Shape;
}

export namespace Control {

    /** Properties of a Control. */
    interface $Properties {

        /** Control ihave */
        ihave?: (IHave.$Properties[]|null);

        /** Control iwant */
        iwant?: (IWant.$Properties[]|null);

        /** Control graft */
        graft?: (Graft.$Properties[]|null);

        /** Control prune */
        prune?: (Prune.$Properties[]|null);

        /** Control idontwant */
        idontwant?: (IDontWant.$Properties[]|null);

        /** Control extensions */
        extensions?: (Extensions.$Properties|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a Control. */
    type $Shape = Control.$Properties;
}

/**
 * Properties of a IHave.
 * @deprecated Use IHave.$Properties instead.
 */
export interface IIHave extends IHave.$Properties {
}

/** Represents a IHave. */
export class IHave {

    /**
     * Constructs a new IHave.
     * @param [properties] Properties to set
     */
    constructor(properties?: IHave.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** IHave topicID. */
    topicID: string;

    /** IHave messageIDs. */
    messageIDs: Uint8Array[];

    /**
     * Encodes the specified IHave message. Does not implicitly {@link IHave.verify|verify} messages.
     * @param message IHave message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: IHave.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a IHave message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {IHave & IHave.$Shape} IHave
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): IHave & IHave.$Shape;
}

export namespace IHave {

    /** Properties of a IHave. */
    interface $Properties {

        /** IHave topicID */
        topicID?: (string|null);

        /** IHave messageIDs */
        messageIDs?: (Uint8Array[]|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a IHave. */
    type $Shape = IHave.$Properties;
}

/**
 * Properties of a IWant.
 * @deprecated Use IWant.$Properties instead.
 */
export interface IIWant extends IWant.$Properties {
}

/** Represents a IWant. */
export class IWant {

    /**
     * Constructs a new IWant.
     * @param [properties] Properties to set
     */
    constructor(properties?: IWant.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** IWant messageIDs. */
    messageIDs: Uint8Array[];

    /**
     * Encodes the specified IWant message. Does not implicitly {@link IWant.verify|verify} messages.
     * @param message IWant message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: IWant.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a IWant message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {IWant & IWant.$Shape} IWant
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): IWant & IWant.$Shape;
}

export namespace IWant {

    /** Properties of a IWant. */
    interface $Properties {

        /** IWant messageIDs */
        messageIDs?: (Uint8Array[]|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a IWant. */
    type $Shape = IWant.$Properties;
}

/**
 * Properties of a Graft.
 * @deprecated Use Graft.$Properties instead.
 */
export interface IGraft extends Graft.$Properties {
}

/** Represents a Graft. */
export class Graft {

    /**
     * Constructs a new Graft.
     * @param [properties] Properties to set
     */
    constructor(properties?: Graft.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** Graft topicID. */
    topicID: string;

    /**
     * Encodes the specified Graft message. Does not implicitly {@link Graft.verify|verify} messages.
     * @param message Graft message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: Graft.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a Graft message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {Graft & Graft.$Shape} Graft
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): Graft & Graft.$Shape;
}

export namespace Graft {

    /** Properties of a Graft. */
    interface $Properties {

        /** Graft topicID */
        topicID?: (string|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a Graft. */
    type $Shape = Graft.$Properties;
}

/**
 * Properties of a Prune.
 * @deprecated Use Prune.$Properties instead.
 */
export interface IPrune extends Prune.$Properties {
}

/** Represents a Prune. */
export class Prune {

    /**
     * Constructs a new Prune.
     * @param [properties] Properties to set
     */
    constructor(properties?: Prune.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** Prune topicID. */
    topicID: string;

    /** Prune peers. */
    peers: PeerInfo.$Properties[];

    /** Prune backoff. */
    backoff: number;

    /**
     * Encodes the specified Prune message. Does not implicitly {@link Prune.verify|verify} messages.
     * @param message Prune message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: Prune.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a Prune message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {Prune & Prune.$Shape} Prune
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): Prune & Prune.$Shape;
}

export namespace Prune {

    /** Properties of a Prune. */
    interface $Properties {

        /** Prune topicID */
        topicID?: (string|null);

        /** Prune peers */
        peers?: (PeerInfo.$Properties[]|null);

        /** Prune backoff */
        backoff?: (number|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a Prune. */
    type $Shape = Prune.$Properties;
}

/**
 * Properties of a PeerInfo.
 * @deprecated Use PeerInfo.$Properties instead.
 */
export interface IPeerInfo extends PeerInfo.$Properties {
}

/** Represents a PeerInfo. */
export class PeerInfo {

    /**
     * Constructs a new PeerInfo.
     * @param [properties] Properties to set
     */
    constructor(properties?: PeerInfo.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** PeerInfo peerID. */
    peerID: Uint8Array;

    /** PeerInfo signedPeerRecord. */
    signedPeerRecord: Uint8Array;

    /**
     * Encodes the specified PeerInfo message. Does not implicitly {@link PeerInfo.verify|verify} messages.
     * @param message PeerInfo message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: PeerInfo.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a PeerInfo message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {PeerInfo & PeerInfo.$Shape} PeerInfo
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): PeerInfo & PeerInfo.$Shape;
}

export namespace PeerInfo {

    /** Properties of a PeerInfo. */
    interface $Properties {

        /** PeerInfo peerID */
        peerID?: (Uint8Array|null);

        /** PeerInfo signedPeerRecord */
        signedPeerRecord?: (Uint8Array|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a PeerInfo. */
    type $Shape = PeerInfo.$Properties;
}

/**
 * Properties of a IDontWant.
 * @deprecated Use IDontWant.$Properties instead.
 */
export interface IIDontWant extends IDontWant.$Properties {
}

/** Represents a IDontWant. */
export class IDontWant {

    /**
     * Constructs a new IDontWant.
     * @param [properties] Properties to set
     */
    constructor(properties?: IDontWant.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** IDontWant messageIDs. */
    messageIDs: Uint8Array[];

    /**
     * Encodes the specified IDontWant message. Does not implicitly {@link IDontWant.verify|verify} messages.
     * @param message IDontWant message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: IDontWant.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a IDontWant message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {IDontWant & IDontWant.$Shape} IDontWant
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): IDontWant & IDontWant.$Shape;
}

export namespace IDontWant {

    /** Properties of a IDontWant. */
    interface $Properties {

        /** IDontWant messageIDs */
        messageIDs?: (Uint8Array[]|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a IDontWant. */
    type $Shape = IDontWant.$Properties;
}

/**
 * Properties of an Extensions.
 * @deprecated Use Extensions.$Properties instead.
 */
export interface IExtensions extends Extensions.$Properties {
}

/** Represents an Extensions. */
export class Extensions {

    /**
     * Constructs a new Extensions.
     * @param [properties] Properties to set
     */
    constructor(properties?: Extensions.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** Extensions partialMessages. */
    partialMessages: boolean;

    /**
     * Encodes the specified Extensions message. Does not implicitly {@link Extensions.verify|verify} messages.
     * @param message Extensions message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: Extensions.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes an Extensions message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {Extensions & Extensions.$Shape} Extensions
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): Extensions & Extensions.$Shape;
}

export namespace Extensions {

    /** Properties of an Extensions. */
    interface $Properties {

        /** Extensions partialMessages */
        partialMessages?: (boolean|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of an Extensions. */
    type $Shape = Extensions.$Properties;
}

/**
 * Properties of a Partial.
 * @deprecated Use Partial.$Properties instead.
 */
export interface IPartial extends Partial.$Properties {
}

/** Represents a Partial. */
export class Partial {

    /**
     * Constructs a new Partial.
     * @param [properties] Properties to set
     */
    constructor(properties?: Partial.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** Partial topicID. */
    topicID: string;

    /** Partial groupID. */
    groupID: Uint8Array;

    /** Partial partialMessage. */
    partialMessage: Uint8Array;

    /** Partial partsMetadata. */
    partsMetadata: Uint8Array;

    /**
     * Encodes the specified Partial message. Does not implicitly {@link Partial.verify|verify} messages.
     * @param message Partial message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: Partial.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a Partial message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {Partial & Partial.$Shape} Partial
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): Partial & Partial.$Shape;
}

export namespace Partial {

    /** Properties of a Partial. */
    interface $Properties {

        /** Partial topicID */
        topicID?: (string|null);

        /** Partial groupID */
        groupID?: (Uint8Array|null);

        /** Partial partialMessage */
        partialMessage?: (Uint8Array|null);

        /** Partial partsMetadata */
        partsMetadata?: (Uint8Array|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a Partial. */
    type $Shape = Partial.$Properties;
}
