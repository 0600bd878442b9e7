/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

const $root = $protobuf.roots["identify/identify"] || ($protobuf.roots["identify/identify"] = {});

export const Identify = $root.Identify = (() => {

    const Identify = function (properties) {
        this.listenAddrs = [];
        this.protocols = [];
        if (properties)
            for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                if (properties[keys[i]] != null && keys[i] !== "__proto__")
                    this[keys[i]] = properties[keys[i]];
    };

    Identify.prototype.publicKey = null;
    Identify.prototype.listenAddrs = $util.emptyArray;
    Identify.prototype.protocols = $util.emptyArray;
    Identify.prototype.observedAddr = null;
    Identify.prototype.protocolVersion = null;
    Identify.prototype.agentVersion = null;
    Identify.prototype.signedPeerRecord = null;

    let $oneOfFields;

    // Virtual OneOf for proto3 optional field
    $Object.defineProperty(Identify.prototype, "_publicKey", {
        get: $util.oneOfGetter($oneOfFields = ["publicKey"]),
        set: $util.oneOfSetter($oneOfFields)
    });

    // Virtual OneOf for proto3 optional field
    $Object.defineProperty(Identify.prototype, "_observedAddr", {
        get: $util.oneOfGetter($oneOfFields = ["observedAddr"]),
        set: $util.oneOfSetter($oneOfFields)
    });

    // Virtual OneOf for proto3 optional field
    $Object.defineProperty(Identify.prototype, "_protocolVersion", {
        get: $util.oneOfGetter($oneOfFields = ["protocolVersion"]),
        set: $util.oneOfSetter($oneOfFields)
    });

    // Virtual OneOf for proto3 optional field
    $Object.defineProperty(Identify.prototype, "_agentVersion", {
        get: $util.oneOfGetter($oneOfFields = ["agentVersion"]),
        set: $util.oneOfSetter($oneOfFields)
    });

    // Virtual OneOf for proto3 optional field
    $Object.defineProperty(Identify.prototype, "_signedPeerRecord", {
        get: $util.oneOfGetter($oneOfFields = ["signedPeerRecord"]),
        set: $util.oneOfSetter($oneOfFields)
    });

    Identify.encode = function (message, writer, _depth) {
        if (!writer)
            writer = $Writer.create();
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        if (message.publicKey != null && $Object.hasOwnProperty.call(message, "publicKey"))
            writer.uint32(10).bytes(message.publicKey);
        if (message.listenAddrs != null && message.listenAddrs.length)
            for (let i = 0; i < message.listenAddrs.length; ++i)
                writer.uint32(18).bytes(message.listenAddrs[i]);
        if (message.protocols != null && message.protocols.length)
            for (let i = 0; i < message.protocols.length; ++i)
                writer.uint32(26).string(message.protocols[i]);
        if (message.observedAddr != null && $Object.hasOwnProperty.call(message, "observedAddr"))
            writer.uint32(34).bytes(message.observedAddr);
        if (message.protocolVersion != null && $Object.hasOwnProperty.call(message, "protocolVersion"))
            writer.uint32(42).string(message.protocolVersion);
        if (message.agentVersion != null && $Object.hasOwnProperty.call(message, "agentVersion"))
            writer.uint32(50).string(message.agentVersion);
        if (message.signedPeerRecord != null && $Object.hasOwnProperty.call(message, "signedPeerRecord"))
            writer.uint32(66).bytes(message.signedPeerRecord);
        if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
            for (let i = 0; i < message.$unknowns.length; ++i)
                writer.raw(message.$unknowns[i]);
        return writer;
    };

    Identify.decode = function (reader, length, _end, _depth, _target) {
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
        message = _target || new $root.Identify();
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
                    message.publicKey = reader.bytes();
                    message._publicKey = "publicKey";
                    continue;
                }
            case 2: {
                    if (wireType !== 2)
                        break;
                    if (!(message.listenAddrs && message.listenAddrs.length))
                        message.listenAddrs = [];
                    message.listenAddrs.push(reader.bytes());
                    continue;
                }
            case 3: {
                    if (wireType !== 2)
                        break;
                    if (!(message.protocols && message.protocols.length))
                        message.protocols = [];
                    message.protocols.push(reader.stringVerify());
                    continue;
                }
            case 4: {
                    if (wireType !== 2)
                        break;
                    message.observedAddr = reader.bytes();
                    message._observedAddr = "observedAddr";
                    continue;
                }
            case 5: {
                    if (wireType !== 2)
                        break;
                    message.protocolVersion = reader.stringVerify();
                    message._protocolVersion = "protocolVersion";
                    continue;
                }
            case 6: {
                    if (wireType !== 2)
                        break;
                    message.agentVersion = reader.stringVerify();
                    message._agentVersion = "agentVersion";
                    continue;
                }
            case 8: {
                    if (wireType !== 2)
                        break;
                    message.signedPeerRecord = reader.bytes();
                    message._signedPeerRecord = "signedPeerRecord";
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

    return Identify;
})();

export {
  $root as default
};
