/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

const $root = $protobuf.roots["noise/payload"] || ($protobuf.roots["noise/payload"] = {});

export const NoiseExtensions = $root.NoiseExtensions = (() => {

    const NoiseExtensions = function (properties) {
        this.webtransportCerthashes = [];
        this.streamMuxers = [];
        if (properties)
            for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                if (properties[keys[i]] != null && keys[i] !== "__proto__")
                    this[keys[i]] = properties[keys[i]];
    };

    NoiseExtensions.prototype.webtransportCerthashes = $util.emptyArray;
    NoiseExtensions.prototype.streamMuxers = $util.emptyArray;

    NoiseExtensions.encode = function (message, writer, _depth) {
        if (!writer)
            writer = $Writer.create();
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        if (message.webtransportCerthashes != null && message.webtransportCerthashes.length)
            for (let i = 0; i < message.webtransportCerthashes.length; ++i)
                writer.uint32(10).bytes(message.webtransportCerthashes[i]);
        if (message.streamMuxers != null && message.streamMuxers.length)
            for (let i = 0; i < message.streamMuxers.length; ++i)
                writer.uint32(18).string(message.streamMuxers[i]);
        if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
            for (let i = 0; i < message.$unknowns.length; ++i)
                writer.raw(message.$unknowns[i]);
        return writer;
    };

    NoiseExtensions.decode = function (reader, length, _end, _depth, _target) {
        if (!(reader instanceof $Reader))
            reader = $Reader.create(reader);
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $Reader.recursionLimit)
            throw $Error("max depth exceeded");
        let end, message;
        if (length === $undefined)
            end = reader.len;
        else {
            end = reader.pos + length;
            if (end > reader.len)
                throw $RangeError("index out of range");
            length = reader.len;
            reader.len = end;
        }
        message = _target || new $root.NoiseExtensions();
        while (reader.pos < end) {
            let start = reader.pos;
            let tag = reader.tag();
            if (tag === _end) {
                _end = $undefined;
                break;
            }
            let wireType = tag & 7;
            switch (tag >>>= 3) {
            case 1: {
                    if (wireType !== 2)
                        break;
                    if (!(message.webtransportCerthashes && message.webtransportCerthashes.length))
                        message.webtransportCerthashes = [];
                    message.webtransportCerthashes.push(reader.bytes());
                    continue;
                }
            case 2: {
                    if (wireType !== 2)
                        break;
                    if (!(message.streamMuxers && message.streamMuxers.length))
                        message.streamMuxers = [];
                    message.streamMuxers.push(reader.stringVerify());
                    continue;
                }
            }
            reader.skipType(wireType, _depth, tag);
            if (!reader.discardUnknown) {
                $util.makeProp(message, "$unknowns", false);
                (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
            }
        }
        if (length !== $undefined) {
            if (reader.pos !== end)
                throw $RangeError("index out of range");
            reader.len = length;
        }
        if (_end !== $undefined)
            throw $Error("missing end group");
        return message;
    };

    return NoiseExtensions;
})();

export const NoiseHandshakePayload = $root.NoiseHandshakePayload = (() => {

    const NoiseHandshakePayload = function (properties) {
        if (properties)
            for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                if (properties[keys[i]] != null && keys[i] !== "__proto__")
                    this[keys[i]] = properties[keys[i]];
    };

    NoiseHandshakePayload.prototype.identityKey = null;
    NoiseHandshakePayload.prototype.identitySig = null;
    NoiseHandshakePayload.prototype.extensions = null;

    let $oneOfFields;

    // Virtual OneOf for proto3 optional field
    $Object.defineProperty(NoiseHandshakePayload.prototype, "_identityKey", {
        get: $util.oneOfGetter($oneOfFields = ["identityKey"]),
        set: $util.oneOfSetter($oneOfFields)
    });

    // Virtual OneOf for proto3 optional field
    $Object.defineProperty(NoiseHandshakePayload.prototype, "_identitySig", {
        get: $util.oneOfGetter($oneOfFields = ["identitySig"]),
        set: $util.oneOfSetter($oneOfFields)
    });

    // Virtual OneOf for proto3 optional field
    $Object.defineProperty(NoiseHandshakePayload.prototype, "_extensions", {
        get: $util.oneOfGetter($oneOfFields = ["extensions"]),
        set: $util.oneOfSetter($oneOfFields)
    });

    NoiseHandshakePayload.encode = function (message, writer, _depth) {
        if (!writer)
            writer = $Writer.create();
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        if (message.identityKey != null && $Object.hasOwnProperty.call(message, "identityKey"))
            writer.uint32(10).bytes(message.identityKey);
        if (message.identitySig != null && $Object.hasOwnProperty.call(message, "identitySig"))
            writer.uint32(18).bytes(message.identitySig);
        if (message.extensions != null && $Object.hasOwnProperty.call(message, "extensions"))
            $root.NoiseExtensions.encode(message.extensions, writer.uint32(34).fork(), _depth + 1).ldelim();
        if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
            for (let i = 0; i < message.$unknowns.length; ++i)
                writer.raw(message.$unknowns[i]);
        return writer;
    };

    NoiseHandshakePayload.decode = function (reader, length, _end, _depth, _target) {
        if (!(reader instanceof $Reader))
            reader = $Reader.create(reader);
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $Reader.recursionLimit)
            throw $Error("max depth exceeded");
        let end, message;
        if (length === $undefined)
            end = reader.len;
        else {
            end = reader.pos + length;
            if (end > reader.len)
                throw $RangeError("index out of range");
            length = reader.len;
            reader.len = end;
        }
        message = _target || new $root.NoiseHandshakePayload();
        while (reader.pos < end) {
            let start = reader.pos;
            let tag = reader.tag();
            if (tag === _end) {
                _end = $undefined;
                break;
            }
            let wireType = tag & 7;
            switch (tag >>>= 3) {
            case 1: {
                    if (wireType !== 2)
                        break;
                    message.identityKey = reader.bytes();
                    message._identityKey = "identityKey";
                    continue;
                }
            case 2: {
                    if (wireType !== 2)
                        break;
                    message.identitySig = reader.bytes();
                    message._identitySig = "identitySig";
                    continue;
                }
            case 4: {
                    if (wireType !== 2)
                        break;
                    message.extensions = $root.NoiseExtensions.decode(reader, reader.size(), $undefined, _depth + 1, message.extensions);
                    message._extensions = "extensions";
                    continue;
                }
            }
            reader.skipType(wireType, _depth, tag);
            if (!reader.discardUnknown) {
                $util.makeProp(message, "$unknowns", false);
                (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
            }
        }
        if (length !== $undefined) {
            if (reader.pos !== end)
                throw $RangeError("index out of range");
            reader.len = length;
        }
        if (_end !== $undefined)
            throw $Error("missing end group");
        return message;
    };

    return NoiseHandshakePayload;
})();

export {
  $root as default
};
