import type Long from 'long'
import * as $protobuf from "protobufjs/minimal.js";

/**
 * Properties of an IpnsEntry.
 * @deprecated Use IpnsEntry.$Properties instead.
 */
export interface IIpnsEntry extends IpnsEntry.$Properties {
}

/** Represents an IpnsEntry. */
export class IpnsEntry {

    /**
     * Constructs a new IpnsEntry.
     * @param [properties] Properties to set
     */
    constructor(properties?: IpnsEntry.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** IpnsEntry value. */
    value: Uint8Array;

    /** IpnsEntry signatureV1. */
    signatureV1: Uint8Array;

    /** IpnsEntry validityType. */
    validityType: number;

    /** IpnsEntry validity. */
    validity: Uint8Array;

    /** IpnsEntry sequence. */
    sequence: (number|Long);

    /** IpnsEntry ttl. */
    ttl: (number|Long);

    /** IpnsEntry pubKey. */
    pubKey: Uint8Array;

    /** IpnsEntry signatureV2. */
    signatureV2: Uint8Array;

    /** IpnsEntry data. */
    data: Uint8Array;

    /**
     * Encodes the specified IpnsEntry message. Does not implicitly {@link IpnsEntry.verify|verify} messages.
     * @param message IpnsEntry message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: IpnsEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes an IpnsEntry message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {IpnsEntry & IpnsEntry.$Shape} IpnsEntry
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): IpnsEntry & IpnsEntry.$Shape;
}

export namespace IpnsEntry {

    /** Properties of an IpnsEntry. */
    interface $Properties {

        /** IpnsEntry value */
        value?: (Uint8Array|null);

        /** IpnsEntry signatureV1 */
        signatureV1?: (Uint8Array|null);

        /** IpnsEntry validityType */
        validityType?: (number|null);

        /** IpnsEntry validity */
        validity?: (Uint8Array|null);

        /** IpnsEntry sequence */
        sequence?: (number|Long|null);

        /** IpnsEntry ttl */
        ttl?: (number|Long|null);

        /** IpnsEntry pubKey */
        pubKey?: (Uint8Array|null);

        /** IpnsEntry signatureV2 */
        signatureV2?: (Uint8Array|null);

        /** IpnsEntry data */
        data?: (Uint8Array|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of an IpnsEntry. */
    type $Shape = IpnsEntry.$Properties;
}
