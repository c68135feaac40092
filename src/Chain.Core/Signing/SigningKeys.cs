using Chain.Core.Cryptography;
using Chain.Core.Scripts;

namespace Chain.Core.Signing;

/// <summary>Keys and scripts in memory: what a caller brings along, or a descriptor expands to (Core: FlatSigningProvider).</summary>
public sealed class SigningKeys : ISigningSource
{
    private readonly Dictionary<Hash160, PrivateKey> _keys = [];
    private readonly Dictionary<Hash160, PublicKey> _publicKeys = [];
    private readonly Dictionary<Hash160, ReadOnlyMemory<byte>> _scripts = [];
    private readonly Dictionary<Hash256, TaprootOutput> _taproot = [];
    private readonly Dictionary<Hash160, KeyOrigin> _origins = [];

    /// <summary>The private keys.</summary>
    public IReadOnlyCollection<PrivateKey> PrivateKeys => _keys.Values;

    /// <summary>The public keys.</summary>
    public IReadOnlyCollection<PublicKey> PublicKeys => _publicKeys.Values;

    /// <summary>The scripts that P2SH or P2WSH outputs pay.</summary>
    public IReadOnlyCollection<ReadOnlyMemory<byte>> Scripts => _scripts.Values;

    /// <summary>Adds a private key, with its public key and the taproot output that it alone can spend (BIP86).</summary>
    public void Add(PrivateKey key)
    {
        _keys[key.PublicKey.Hash] = key;
        Add(key.PublicKey);
        AddTaproot(new TaprootOutput(key.PublicKey.XOnly.ToArray(), Root: null));
    }

    /// <summary>Adds a public key.</summary>
    public void Add(PublicKey key) => _publicKeys[key.Hash] = key;

    /// <summary>Adds a script that P2SH or P2WSH outputs pay.</summary>
    public void AddScript(ReadOnlyMemory<byte> script) => _scripts[Hash160.Of(script.Span)] = script;

    /// <summary>Adds what an output's key is made of; nothing where the inner key is none.</summary>
    public void AddTaproot(TaprootOutput output)
    {
        if (Taproot.FindOutputKey(output.InnerKey.Span, output.Root, out _) is { } outputKey) _taproot[new Hash256(outputKey)] = output;
    }

    /// <summary>Adds where a key comes from.</summary>
    public void AddOrigin(PublicKey key, KeyOrigin origin) => _origins[key.Hash] = origin;

    /// <summary>Adds all that others hold.</summary>
    public void AddAll(SigningKeys others)
    {
        foreach (var (hash, key) in others._keys) _keys[hash] = key;
        foreach (var (hash, key) in others._publicKeys) _publicKeys[hash] = key;
        foreach (var (hash, script) in others._scripts) _scripts[hash] = script;
        foreach (var (key, output) in others._taproot) _taproot[key] = output;
        foreach (var (hash, origin) in others._origins) _origins[hash] = origin;
    }

    /// <inheritdoc/>
    public PrivateKey? FindKey(Hash160 publicKeyHash) => _keys.GetValueOrDefault(publicKeyHash);

    /// <inheritdoc/>
    public PublicKey? FindPublicKey(Hash160 publicKeyHash) => _publicKeys.GetValueOrDefault(publicKeyHash);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? FindScript(Hash160 scriptHash) => _scripts.TryGetValue(scriptHash, out var script) ? script : (ReadOnlyMemory<byte>?)null;

    /// <inheritdoc/>
    public TaprootOutput? FindTaproot(ReadOnlySpan<byte> outputKey) => outputKey.Length == Hash256.Size ? _taproot.GetValueOrDefault(new Hash256(outputKey)) : null;

    /// <inheritdoc/>
    public KeyOrigin? FindOrigin(Hash160 publicKeyHash) => _origins.GetValueOrDefault(publicKeyHash);
}
