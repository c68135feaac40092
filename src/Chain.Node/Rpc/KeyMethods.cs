using System.Text.Json.Nodes;
using Chain.Core.Cryptography;
using Chain.Core.Descriptors;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Node.Rpc;

/// <summary>Methods that need nothing but keys: addresses of several keys, and signed messages (Core: rpc/output_script.cpp, rpc/signmessage.cpp).</summary>
internal static class KeyMethods
{
    private const string UncompressedWarning = "Unable to make chosen address type, please ensure no uncompressed public keys are present.";

    public static IEnumerable<RpcMethod> All =>
    [
        new("createmultisig", "nrequired:number keys:array address_type?:string", "makes an address that some of several keys can spend from together", (c, p, _) => Answer(CreateMultiSig(c, p)))
        {
            Details = "keys: public keys in hexadecimal.\naddress_type: legacy (the default), p2sh-segwit or bech32.",
        },
        new("signmessagewithprivkey", "privkey:string message:string", "signs a message with a private key", (c, p, _) => Answer(SignedMessage.Sign(ReadKey(c, p.Text(0)), p.Text(1)))),
        new("verifymessage", "address:string signature:string message:string", "tells whether the owner of an address signed a message", (c, p, _) => Answer(Verify(c, p))),
    ];

    private static Task<JsonNode?> Answer(JsonNode? node) => Task.FromResult(node);

    private static PrivateKey ReadKey(RpcContext context, string text) =>
        PrivateKey.TryParseWif(text, context.Chain.Params.WifVersion) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Invalid private key");

    private static JsonValue Verify(RpcContext context, RpcParams p)
    {
        if (Address.TryParse(p.Text(0), context.Chain.Params.AddressFormat, out var address) != AddressError.None)
            throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Invalid address");
        if (address.KeyHash is not { } hash) throw new RpcException(RpcErrorCode.TypeError, "Address does not refer to key");
        var text = p.Text(1);
        var signature = new byte[text.Length];
        return Convert.TryFromBase64String(text, signature, out var length)
            ? JsonValue.Create(SignedMessage.Verify(hash, signature.AsSpan(0, length), p.Text(2)))
            : throw new RpcException(RpcErrorCode.TypeError, "Malformed base64 encoding");
    }

    private static JsonObject CreateMultiSig(RpcContext context, RpcParams p)
    {
        var required = p.Integer(0);
        var keys = p.List(1).Select(key => ReadPublicKey(JsonValues.Text(key))).ToList();
        var type = p.Has(2) ? p.Text(2) : "legacy";
        if (type == "bech32m") throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "createmultisig cannot create bech32m multisig addresses");
        if (type is not ("legacy" or "p2sh-segwit" or "bech32")) throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Unknown address type '{type}'");
        var script = MakeScript(required, keys);
        var isPossible = type == "legacy" || keys.All(key => key.Bytes.Length == Secp256k1.CompressedSize);
        var actual = isPossible ? type : "legacy";
        if (actual == "legacy" && script.Length > ScriptInterpreter.MaxElementSize)
            throw new RpcException(RpcErrorCode.InvalidParameter, $"redeemScript exceeds size limit: {script.Length} > {ScriptInterpreter.MaxElementSize}");

        var source = new SigningKeys();
        source.AddScript(script);
        var witness = StandardScripts.PayToWitnessScriptHash(script);
        source.AddScript(witness);
        var locking = actual switch
        {
            "legacy" => StandardScripts.PayToScriptHash(Hash160.Of(script)),
            "bech32" => witness,
            _ => StandardScripts.PayToScriptHash(Hash160.Of(witness)),
        };
        var format = context.Chain.Params.AddressFormat;
        var json = new JsonObject
        {
            ["address"] = StandardScripts.FindAddress(locking, format)!.Value.ToString(),
            ["redeemScript"] = ScriptJson.Hex(script),
            ["descriptor"] = DescriptorInference.Infer(locking, format, source).ToString(),
        };
        if (!isPossible) json["warnings"] = new JsonArray(UncompressedWarning);
        return json;
    }

    private static byte[] MakeScript(int required, List<PublicKey> keys)
    {
        if (required < 1) throw new RpcException(RpcErrorCode.InvalidParameter, "a multisignature address must require at least one key to redeem");
        if (keys.Count < required)
            throw new RpcException(RpcErrorCode.InvalidParameter, $"not enough keys supplied (got {keys.Count} keys, but need at least {required} to redeem)");
        if (keys.Count > SigOps.MaxPublicKeysPerMultiSig)
        {
            throw new RpcException(RpcErrorCode.InvalidParameter,
                $"Number of keys involved in the multisignature address creation > {SigOps.MaxPublicKeysPerMultiSig}\nReduce the number");
        }

        return MultiSig.Script(required, keys);
    }

    private static PublicKey ReadPublicKey(string text)
    {
        if (text.Length == 0 || JsonValues.TryHex(text) is not { } bytes) throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Pubkey \"{text}\" must be a hex string");
        if (bytes.Length is not (Secp256k1.CompressedSize or Secp256k1.UncompressedSize))
            throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Pubkey \"{text}\" must have a length of either 33 or 65 bytes");
        return PublicKey.TryCreate(bytes) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Pubkey \"{text}\" must be cryptographically valid.");
    }
}
