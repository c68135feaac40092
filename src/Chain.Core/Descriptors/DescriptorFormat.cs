using Chain.Core.Cryptography;
using Chain.Core.Primitives;

namespace Chain.Core.Descriptors;

/// <summary>How a chain writes what may stand in a descriptor: addresses, private keys, and extended keys by their versions (BIP32).</summary>
public sealed record DescriptorFormat(AddressFormat Addresses, byte WifVersion, uint PrivateVersion, uint PublicVersion)
{
    private const byte MainWifVersion = 0x80;

    /// <summary>The versions of extended keys go with that of private keys: Bitcoin's main network has its own, all others those of testnet.</summary>
    public static DescriptorFormat Of(AddressFormat addresses, byte wifVersion) => wifVersion == MainWifVersion
        ? new DescriptorFormat(addresses, wifVersion, ExtendedKey.MainPrivateVersion, ExtendedKey.MainPublicVersion)
        : new DescriptorFormat(addresses, wifVersion, ExtendedKey.TestPrivateVersion, ExtendedKey.TestPublicVersion);
}
