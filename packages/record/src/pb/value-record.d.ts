import * as $protobuf from "protobufjs/minimal.js";

/**
 * Properties of a ValueRecord.
 * @deprecated Use ValueRecord.$Properties instead.
 */
export interface IValueRecord extends ValueRecord.$Properties {
}

/** Represents a ValueRecord. */
export class ValueRecord {

    /**
     * Constructs a new ValueRecord.
     * @param [properties] Properties to set
     */
    constructor(properties?: ValueRecord.$Properties);

    /** Unknown fields preserved while decoding when enabled */
    $unknowns?: Uint8Array[];

    /** ValueRecord key. */
    key: Uint8Array;

    /** ValueRecord value. */
    value: Uint8Array;

    /** ValueRecord timeReceived. */
    timeReceived: string;

    /**
     * Encodes the specified ValueRecord message. Does not implicitly {@link ValueRecord.verify|verify} messages.
     * @param message ValueRecord message or plain object to encode
     * @param [writer] Writer to encode to
     * @returns Writer
     */
    static encode(message: ValueRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

    /**
     * Decodes a ValueRecord message from the specified reader or buffer.
     * @param reader Reader or buffer to decode from
     * @param [length] Message length if known beforehand
     * @returns {ValueRecord & ValueRecord.$Shape} ValueRecord
     * @throws {Error} If the payload is not a reader or valid buffer
     * @throws {$protobuf.util.ProtocolError} If required fields are missing
     */
    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ValueRecord & ValueRecord.$Shape;
}

export namespace ValueRecord {

    /** Properties of a ValueRecord. */
    interface $Properties {

        /** ValueRecord key */
        key?: (Uint8Array|null);

        /** ValueRecord value */
        value?: (Uint8Array|null);

        /** ValueRecord timeReceived */
        timeReceived?: (string|null);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];
    }

    /** Shape of a ValueRecord. */
    type $Shape = ValueRecord.$Properties;
}
