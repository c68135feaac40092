using Chain.Core.Consensus;
using Chain.Core.Descriptors;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Node.Rpc;

/// <summary>Scripts that a miner can be paid at: an address, or a descriptor of one script.</summary>
internal static class OutputScripts
{
    /// <summary>The script that an address stands for; null where the text is none.</summary>
    public static byte[]? FindOfAddress(string text, ChainParams p) =>
        Address.TryParse(text, p.AddressFormat, out var address) == AddressError.None ? StandardScripts.PayTo(address) : null;

    /// <summary>
    /// The script of a descriptor; of combo it is P2WPKH, or P2PKH where the key is uncompressed (Core:
    /// getScriptFromDescriptor). What is wrong with the descriptor is an <see cref="RpcException"/>.
    /// </summary>
    public static byte[] OfDescriptor(string text, ChainParams p) => Expand(DescriptorMethods.Parse(text, p));

    /// <summary>The script of a descriptor, or of an address. What is neither is an <see cref="RpcException"/>.</summary>
    public static byte[] OfDescriptorOrAddress(string text, ChainParams p) =>
        DescriptorMethods.TryParse(text, p) is { } descriptor ? Expand(descriptor)
        : FindOfAddress(text, p) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Error: Invalid address or descriptor");

    private static byte[] Expand(Descriptor descriptor)
    {
        if (descriptor.IsRange)
            throw new RpcException(RpcErrorCode.InvalidParameter, "Ranged descriptor not accepted. Maybe pass through deriveaddresses first?");
        var scripts = descriptor.Expand(0, new SigningKeys())
            ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Cannot derive script without private keys");
        return scripts.FirstOrDefault(script => ScriptTemplates.Recognize(script) == ScriptTemplate.WitnessV0KeyHash)
            ?? (scripts.Count > 1 ? scripts[1] : scripts[0]);
    }
}
