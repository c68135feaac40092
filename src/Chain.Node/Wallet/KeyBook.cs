using Chain.Core.Cryptography;
using Chain.Core.Scripts;

namespace Chain.Node.Wallet;

/// <summary>
/// What a wallet owns, to be looked up: keys by their hash, locking scripts by their bytes. Of its tree of keys it has those that
/// were given out and a number of the next ones, so that payments to a restored wallet are found. Made anew when the wallet's
/// contents change in other ways than by <see cref="Extend()"/>.
/// </summary>
internal sealed class KeyBook
{
    /// <summary>How many unused keys are watched on each chain (BIP44).</summary>
    internal const uint UsualGap = 20;

    private readonly WalletContents _contents;
    private readonly uint _usualGap;
    private readonly Dictionary<Hash160, OwnKey> _keys = [];
    private readonly Dictionary<ScriptBytes, OwnScript> _scripts = [];
    private readonly Dictionary<Hash160, ReadOnlyMemory<byte>> _redeemScripts = [];
    private readonly Dictionary<Hash256, OwnKey> _taproot = [];
    private readonly Dictionary<(AddressType, bool), (ExtendedKey Chain, uint Known)> _chains = [];

    internal KeyBook(WalletContents contents, uint usualGap = UsualGap)
    {
        _usualGap = usualGap;
        _contents = contents;
        for (var i = 0; i < contents.Keys.Count; i++) Add(new OwnKey(contents.Keys[i].PublicKey, null, i, contents.Keys[i].CreatedAt), withTaproot: true);
        foreach (var key in contents.KnownKeys)
        {
            var known = new OwnKey(key, null, OwnKey.NoPrivateKey, contents.CreatedAt);
            if (_keys.TryAdd(key.Hash, known) && IsOfDescriptors) AddTaproot(known);
        }

        Extend();
        foreach (var script in contents.RedeemScripts) _redeemScripts[Hash160.Of(script.Span)] = script;
        foreach (var script in contents.RedeemScripts) AddRedeemScript(script);
        foreach (var descriptor in contents.Descriptors) Add(descriptor);
        foreach (var watched in contents.Watched) _scripts.TryAdd(new ScriptBytes(watched.Script), new OwnScript(OwnKind.Watched, OwnerOf(watched.Script)));
    }

    private bool IsOfDescriptors => (_contents.Flags & WalletFlags.Descriptors) != 0;

    /// <summary>How many unused keys are watched on each chain of this wallet.</summary>
    internal uint Gap => _contents.Gap == 0 ? _usualGap : _contents.Gap;

    /// <summary>A locking script of the wallet; null where it is another's.</summary>
    internal OwnScript? Find(ReadOnlyMemory<byte> script) => _scripts.GetValueOrDefault(new ScriptBytes(script));

    /// <summary>A key by the hash of its public half.</summary>
    internal OwnKey? FindKey(Hash160 hash) => _keys.GetValueOrDefault(hash);

    /// <summary>The key of a P2TR output.</summary>
    internal OwnKey? FindTaproot(ReadOnlySpan<byte> outputKey) => outputKey.Length == Hash256.Size ? _taproot.GetValueOrDefault(new Hash256(outputKey)) : null;

    /// <summary>The script that a hash in P2SH stands for, or the RIPEMD-160 of that in P2WSH.</summary>
    internal ReadOnlyMemory<byte>? FindRedeemScript(Hash160 hash) => _redeemScripts.TryGetValue(hash, out var script) ? script : (ReadOnlyMemory<byte>?)null;

    /// <summary>All locking scripts.</summary>
    internal IEnumerable<(ReadOnlyMemory<byte> Script, OwnScript Own)> Scripts => _scripts.Select(pair => (pair.Key.Bytes, pair.Value));

    /// <summary>The private key whose public half has this hash; null where the wallet does not know it.</summary>
    internal PrivateKey? FindPrivateKey(Hash160 hash, WalletSecrets secrets)
    {
        if (FindKey(hash) is not { IsPrivateKnown: true } key) return null;
        return key.Place is { } place
            ? secrets.Master()?.TryDerive(place.Path)?.PrivateKey
            : secrets.KeyAt(key.Index, key.Key.Bytes.Length == Secp256k1.CompressedSize);
    }

    /// <summary>Knows the keys up to the gap beyond the last one given out, on every chain.</summary>
    internal void Extend()
    {
        foreach (var account in _contents.Accounts)
        {
            Extend(account, isChange: false);
            Extend(account, isChange: true);
        }
    }

    /// <summary>The public key with this number on a chain, or, for one of 2^127 that has none, the next that has.</summary>
    internal static PublicKey Derive(HdAccount account, bool isChange, uint index, out uint used)
    {
        var chain = ChainOf(account, isChange);
        for (used = index; ; used++)
        {
            if (chain.TryDerive(used) is { } node) return node.PublicKey;
        }
    }

    private static ExtendedKey ChainOf(HdAccount account, bool isChange) =>
        account.Node.TryDerive(isChange ? 1u : 0u) ?? throw new InvalidOperationException("An account has no chain of this number.");

    private void Extend(HdAccount account, bool isChange)
    {
        var (chain, known) = _chains.TryGetValue((account.Type, isChange), out var state) ? state : (ChainOf(account, isChange), 0u);
        var end = Math.Min(account.Next(isChange) + Gap, ExtendedKey.Hardened);
        for (; known < end; known++)
        {
            if (chain.TryDerive(known) is not { } node) continue;
            var place = new HdPlace(account.Type, isChange, known);
            Add(new OwnKey(node.PublicKey, place, OwnKey.NoPrivateKey, _contents.CreatedAt), withTaproot: account.Type == AddressType.Bech32m);
        }

        _chains[(account.Type, isChange)] = (chain, known);
    }

    /// <summary>All forms in which somebody may pay the key; those of the witness are for compressed keys only.</summary>
    private void Add(OwnKey key, bool withTaproot)
    {
        _keys[key.Key.Hash] = key;
        if (IsOfDescriptors)
        {
            AddOwnForm(key);
            return;
        }

        var own = new OwnScript(OwnKind.Spendable, key);
        _scripts[new ScriptBytes(StandardScripts.PayToPublicKeyHash(key.Key.Hash))] = own;
        _scripts[new ScriptBytes(StandardScripts.PayToPublicKey(key.Key))] = own;
        if (key.Key.Bytes.Length != Secp256k1.CompressedSize) return;
        var program = StandardScripts.PayToWitnessPublicKeyHash(key.Key.Hash);
        var hash = Hash160.Of(program);
        _redeemScripts[hash] = program;
        _scripts[new ScriptBytes(program)] = own;
        _scripts[new ScriptBytes(StandardScripts.PayToScriptHash(hash))] = own;
        if (withTaproot && AddTaproot(key) is { } outputKey) _scripts[new ScriptBytes(StandardScripts.PayToTaproot(outputKey))] = own;
    }

    /// <summary>The one form in which a descriptor's key is paid; of a key by itself that is what the descriptor says.</summary>
    private void AddOwnForm(OwnKey key)
    {
        if (key.Key.Bytes.Length == Secp256k1.CompressedSize)
        {
            var program = StandardScripts.PayToWitnessPublicKeyHash(key.Key.Hash);
            _redeemScripts[Hash160.Of(program)] = program;
        }

        AddTaproot(key);
        if (key.Place is { } place) _scripts[new ScriptBytes(place.Type.ScriptFor(key.Key))] = new OwnScript(OwnKind.Spendable, key);
    }

    private byte[]? AddTaproot(OwnKey key)
    {
        if (Taproot.FindOutputKey(key.Key.XOnly, root: null, out _) is not { } outputKey) return null;
        _taproot[new Hash256(outputKey)] = key;
        return outputKey;
    }

    private void Add(ImportedDescriptor descriptor)
    {
        foreach (var script in descriptor.Scripts) _scripts[new ScriptBytes(script)] = new OwnScript(OwnKind.Spendable, OwnerOf(script), descriptor);
    }

    /// <summary>A script of keys that are all the wallet's is its own, in P2SH, in P2WSH where that is known too, and in both.</summary>
    private void AddRedeemScript(ReadOnlyMemory<byte> script)
    {
        var inner = WitnessProgram.Find(script) is { IsScriptHash: true } program ? FindWitnessScript(program) : script;
        if (inner is not { } keys || MultiSig.Find(keys) is not { } multiSig) return;
        if (!multiSig.PublicKeys.All(key => FindKey(Hash160.Of(key.Span)) is { IsPrivateKnown: true })) return;
        var own = new OwnScript(OwnKind.Spendable, null);
        _scripts[new ScriptBytes(StandardScripts.PayToScriptHash(Hash160.Of(script.Span)))] = own;
        if (!keys.Equals(script)) _scripts[new ScriptBytes(script)] = own;
    }

    private ReadOnlyMemory<byte>? FindWitnessScript(WitnessProgram program)
    {
        Span<byte> hash = stackalloc byte[Hash160.Size];
        Ripemd160.Hash(program.Program.Span, hash);
        return FindRedeemScript(new Hash160(hash));
    }

    /// <summary>Whose key a watched script pays, as far as that is known.</summary>
    private OwnKey? OwnerOf(ReadOnlyMemory<byte> script)
    {
        if (StandardScripts.FindKeyHash(script) is { } hash) return FindKey(hash);
        if (StandardScripts.FindScriptHash(script.Span) is { } inner && FindRedeemScript(inner) is { } redeem && WitnessProgram.Find(redeem) is not null) return OwnerOf(redeem);
        return WitnessProgram.Find(script) switch
        {
            { IsPublicKeyHash: true } program => FindKey(new Hash160(program.Program.Span)),
            { IsTaproot: true } program => FindTaproot(program.Program.Span),
            _ => null,
        };
    }
}
