using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Wallet;

namespace Chain.Node.Dev;

/// <summary>One account of a development chain.</summary>
internal sealed record DevAccount(string Name, PrivateKey Key)
{
    /// <summary>Where it is paid on a chain that writes addresses so.</summary>
    internal Address AddressOn(AddressFormat format) => Address.Of(Key.PublicKey, format);

    /// <summary>The locking script of what it is paid.</summary>
    internal byte[] Script => StandardScripts.PayToPublicKeyHash(Key.PublicKey.Hash);
}

/// <summary>
/// The accounts of every development chain: the first keys that a wallet derives from a seed phrase which everybody knows
/// (BIP39, BIP44 m/44'/1'/0'/0/i). Whoever has read this can spend what they hold.
/// </summary>
internal static class DevAccounts
{
    /// <summary>The phrase that development chains of other kinds use as well: no wallet may ever hold anything of worth under it.</summary>
    internal const string Phrase = "test test test test test test test test test test test junk";

    private const int Bip39Rounds = 2048;
    private const int Bip39SeedSize = 64;
    private const string Bip39Salt = "mnemonic";

    private static readonly string[] Names = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy"];

    private static readonly Lazy<IReadOnlyList<DevAccount>> Derived = new(Derive);

    /// <summary>The ten that have money from the first block on.</summary>
    internal static IReadOnlyList<DevAccount> Funded => [.. Derived.Value.Take(Names.Length)];

    /// <summary>Whom mined blocks pay, so that the balances of the others change by payments alone.</summary>
    internal static DevAccount Miner => Derived.Value[Names.Length];

    /// <summary>All of them.</summary>
    internal static IReadOnlyList<DevAccount> All => Derived.Value;

    private static List<DevAccount> Derive()
    {
        var seed = Rfc2898DeriveBytes.Pbkdf2(Phrase, System.Text.Encoding.UTF8.GetBytes(Bip39Salt), Bip39Rounds, HashAlgorithmName.SHA512, Bip39SeedSize);
        var master = ExtendedKey.TryCreateMaster(seed) ?? throw new CryptographicException("The phrase has no master key.");
        return [.. Names.Append("miner").Select((name, i) => new DevAccount(name, KeyAt(master, (uint)i)))];
    }

    private static PrivateKey KeyAt(ExtendedKey master, uint number) =>
        master.TryDerive(new HdPlace(AddressType.Legacy, IsChange: false, number).Path)?.PrivateKey
        ?? throw new CryptographicException("The phrase has no such key.");
}
