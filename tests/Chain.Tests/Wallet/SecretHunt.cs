using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Node.Wallet;

namespace Chain.Tests.Wallet;

/// <summary>
/// What nobody may find once a wallet is encrypted: its seed, its master key and chain code, the private keys between that and its
/// addresses, and those that it was given. Each is looked for as bytes in both orders, in hexadecimal, in Base64, in wallet import
/// format and as extended key.
/// </summary>
internal sealed class SecretHunt
{
    private readonly ChainParams _chain;
    private readonly Dictionary<string, byte[]> _needles = [];

    public SecretHunt(ChainParams chain) => _chain = chain;

    /// <summary>How many forms of secrets are looked for.</summary>
    public int Count => _needles.Count;

    /// <summary>Takes all secrets of a wallet that is in clear, or that the passphrase opens.</summary>
    public void AddWallet(string path, string? passphrase = null)
    {
        using var random = System.Security.Cryptography.RandomNumberGenerator.Create();
        using var storage = WalletStorage.Load(path, random, TimeSpan.FromSeconds(10));
        if (storage.Seal is { } seal) Assert.True(storage.TryUnlock(AttackedWallet.CipherOf(seal, passphrase!)));
        var secrets = storage.Secrets!;
        var keysSize = secrets.KeyCount * Secp256k1.PrivateKeySize;
        AddBytes("the seed", secrets.Encode().AsSpan(1..^keysSize));
        for (var i = 0; i < secrets.KeyCount; i++) Add($"key {i}", secrets.KeyAt(i, storage.Contents.Keys[i].PublicKey.Bytes.Length == Secp256k1.CompressedSize)!);
        if (secrets.Master() is not { } master) return;
        AddBytes("the master chain code", master.ChainCode);
        Add("the master key", master);
        foreach (var account in storage.Contents.Accounts)
        {
            var path1 = HdAccount.PathOf(account.Type);
            for (var depth = 1; depth <= path1.Length; depth++) Add($"the node {depth} of {account.Type}", master.TryDerive(path1.Take(depth))!);
            for (var i = 0u; i < account.NextReceive + 2; i++) Add($"address {i} of {account.Type}", master.TryDerive([.. path1, 0, i])!);
            for (var i = 0u; i < account.NextChange + 2; i++) Add($"change {i} of {account.Type}", master.TryDerive([.. path1, 1, i])!);
        }
    }

    /// <summary>A node of a tree of keys: its private key, and its text. Its chain code is public from the account on.</summary>
    public void Add(string name, ExtendedKey node)
    {
        Add(name, node.PrivateKey!);
        foreach (var version in new[] { ExtendedKey.MainPrivateVersion, ExtendedKey.TestPrivateVersion }) AddText($"{name}, extended {version:x}", node.ToText(version));
    }

    public void Add(string name, PrivateKey key)
    {
        AddBytes(name, key.Bytes);
        foreach (var version in new byte[] { _chain.WifVersion, 0x80, 0xef }.Distinct())
        {
            AddText($"{name}, WIF {version:x2}", Base58Check.Encode([version, .. key.Bytes, 1]));
            AddText($"{name}, old WIF {version:x2}", Base58Check.Encode([version, .. key.Bytes]));
        }
    }

    public void AddText(string name, string text) => _needles[name] = System.Text.Encoding.ASCII.GetBytes(text);

    public void AddBytes(string name, ReadOnlySpan<byte> secret)
    {
        if (secret.IsEmpty) return;
        _needles[name] = secret.ToArray();
        var turned = secret.ToArray();
        Array.Reverse(turned);
        _needles[name + ", turned round"] = turned;
        AddText(name + ", hex", Convert.ToHexStringLower(secret));
        AddText(name + ", HEX", Convert.ToHexString(secret));
        AddText(name + ", turned hex", Convert.ToHexStringLower(turned));
        AddText(name + ", Base64", Convert.ToBase64String(secret).TrimEnd('=')[..^1]);
    }

    /// <summary>Everything that is found in a folder and all below, as file and secret.</summary>
    public List<string> FindIn(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).SelectMany(path => FindIn(Path.GetRelativePath(folder, path), Read(path)))];

    /// <summary>What is found in a text, as that which a node logged.</summary>
    public List<string> FindIn(string name, ReadOnlySpan<byte> data)
    {
        var found = new List<string>();
        foreach (var (secret, needle) in _needles)
        {
            if (data.IndexOf(needle) >= 0) found.Add($"{name}: {secret}");
        }

        return found;
    }

    private static byte[] Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var data = new byte[stream.Length];
            stream.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
            return data;
        }
        catch (IOException) when (path.EndsWith(".lock", StringComparison.Ordinal))
        {
            // Held by the node: it is read when that has ended.
            return [];
        }
    }
}
