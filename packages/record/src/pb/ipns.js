/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

const $root = $protobuf.roots["record/ipns"] || ($protobuf.roots["record/ipns"] = {});

export const IpnsEntry = $root.IpnsEntry = (() => {

    const IpnsEntry = function (properties) {
        if (properties)
            for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                if (properties[keys[i]] != null && keys[i] !== "__proto__")
                    this[keys[i]] = properties[keys[i]];
    };

    IpnsEntry.prototype.value = $util.newBuffer([]);
    IpnsEntry.prototype.signatureV1 = $util.newBuffer([]);
    IpnsEntry.prototype.validityType = 0;
    IpnsEntry.prototype.validity = $util.newBuffer([]);
    IpnsEntry.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
    IpnsEntry.prototype.ttl = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
    IpnsEntry.prototype.pubKey = $util.newBuffer([]);
    IpnsEntry.prototype.signatureV2 = $util.newBuffer([]);
    IpnsEntry.prototype.data = $util.newBuffer([]);

    IpnsEntry.encode = function (message, writer, _depth) {
        if (!writer)
            writer = $Writer.create();
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $util.recursionLimit)
            throw $Error("max depth exceeded");
        if (message.value != null && $Object.hasOwnProperty.call(message, "value") && message.value.length)
            writer.uint32(10).bytes(message.value);
        if (message.signatureV1 != null && $Object.hasOwnProperty.call(message, "signatureV1") && message.signatureV1.length)
            writer.uint32(18).bytes(message.signatureV1);
        if (message.validityType != null && $Object.hasOwnProperty.call(message, "validityType") && message.validityType !== 0)
            writer.uint32(24).uint32(message.validityType);
        if (message.validity != null && $Object.hasOwnProperty.call(message, "validity") && message.validity.length)
            writer.uint32(34).bytes(message.validity);
        if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
            writer.uint32(40).uint64(message.sequence);
        if (message.ttl != null && $Object.hasOwnProperty.call(message, "ttl") && (typeof message.ttl === "object" ? message.ttl.low || message.ttl.high : message.ttl !== 0))
            writer.uint32(48).uint64(message.ttl);
        if (message.pubKey != null && $Object.hasOwnProperty.call(message, "pubKey") && message.pubKey.length)
            writer.uint32(58).bytes(message.pubKey);
        if (message.signatureV2 != null && $Object.hasOwnProperty.call(message, "signatureV2") && message.signatureV2.length)
            writer.uint32(66).bytes(message.signatureV2);
        if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
            writer.uint32(74).bytes(message.data);
        if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
            for (let i = 0; i < message.$unknowns.length; ++i)
                writer.raw(message.$unknowns[i]);
        return writer;
    };

    IpnsEntry.decode = function (reader, length, _end, _depth, _target) {
        if (!(reader instanceof $Reader))
            reader = $Reader.create(reader);
        if (_depth === $undefined)
            _depth = 0;
        if (_depth > $Reader.recursionLimit)
            throw $Error("max depth exceeded");
        let end, message, value;
        if (length === $undefined)
            end = reader.len;
        else {
            end = reader.pos + length;
            if (end > reader.len)
                throw $RangeError("index out of range");
            length = reader.len;
            reader.len = end;
        }
        message = _target || new $root.IpnsEntry();
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
                    if ((value = reader.bytes()).length)
                        message.value = value;
                    else
                        delete message.value;
                    continue;
                }
            case 2: {
                    if (wireType !== 2)
                        break;
                    if ((value = reader.bytes()).length)
                        message.signatureV1 = value;
                    else
                        delete message.signatureV1;
                    continue;
                }
            case 3: {
                    if (wireType !== 0)
                        break;
                    if (value = reader.uint32())
                        message.validityType = value;
                    else
                        delete message.validityType;
                    continue;
                }
            case 4: {
                    if (wireType !== 2)
                        break;
                    if ((value = reader.bytes()).length)
                        message.validity = value;
                    else
                        delete message.validity;
                    continue;
                }
            case 5: {
                    if (wireType !== 0)
                        break;
                    if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                        message.sequence = value;
                    else
                        delete message.sequence;
                    continue;
                }
            case 6: {
                    if (wireType !== 0)
                        break;
                    if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                        message.ttl = value;
                    else
                        delete message.ttl;
                    continue;
                }
            case 7: {
                    if (wireType !== 2)
                        break;
                    if ((value = reader.bytes()).length)
                        message.pubKey = value;
                    else
                        delete message.pubKey;
                    continue;
                }
            case 8: {
                    if (wireType !== 2)
                        break;
                    if ((value = reader.bytes()).length)
                        message.signatureV2 = value;
                    else
                        delete message.signatureV2;
                    continue;
                }
            case 9: {
                    if (wireType !== 2)
                        break;
                    if ((value = reader.bytes()).length)
                        message.data = value;
                    else
                        delete message.data;
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

    return IpnsEntry;
})();

export {
  $root as default
};
