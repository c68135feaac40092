using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Core.Signing;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>One of the things that importmulti adds: a descriptor, or a locking script or address with what its spender must know (Core: ProcessImport).</summary>
internal sealed class WalletMultiImport
{
    private const string IfIntended = " If this is intentional, ";

    private readonly NodeWallet _wallet;
    private readonly ChainParams _params;
    private readonly JsonObject _request;
    private readonly List<string> _warnings;
    private readonly SigningKeys _keys = new();
    private readonly List<byte[]> _scripts = [];
    private bool _hasAddress = true;
    private bool _isSolvable;

    private WalletMultiImport(NodeWallet wallet, ChainParams p, JsonObject request, List<string> warnings) => (_wallet, _params, _request, _warnings) = (wallet, p, request, warnings);

    private bool IsInternal => Flag("internal");

    /// <summary>Imports what a request describes; throws <see cref="RpcException"/> where that cannot be.</summary>
    internal static void Run(NodeWallet wallet, ChainParams p, JsonObject request, DateTimeOffset since, List<string> warnings)
    {
        var import = new WalletMultiImport(wallet, p, request, warnings);
        if (import.IsInternal && request["label"] is not null) throw Invalid("Internal addresses should not have a label");
        var label = request["label"] is { } given ? WalletCalls.Label(given) : "";
        if (import.Flag("keypool") && wallet.HasPrivateKeys) throw Invalid("Keys can only be imported to the keypool when private keys are disabled");
        import.Read();
        import.CheckKeys();
        import.Store(since, import.IsInternal ? null : label);
    }

    private void Read()
    {
        var (descriptor, script) = (_request["desc"], _request["scriptPubKey"]);
        if (descriptor is not null && script is not null) throw Invalid("Both a descriptor and a scriptPubKey should not be provided.");
        if (descriptor is not null) ReadDescriptor(descriptor);
        else if (script is not null) ReadScript(script);
        else throw Invalid("Either a descriptor or scriptPubKey must be provided.");
    }

    private void ReadDescriptor(JsonNode text)
    {
        var descriptor = DescriptorMethods.Parse(JsonValues.Text(text), _params, requireChecksum: true);
        if (!descriptor.IsRange && _request["range"] is not null) throw Invalid("Range should not be specified for an un-ranged descriptor");
        if (descriptor.IsRange && _request["range"] is null) throw Invalid("Descriptor is ranged, please specify the range");
        if (descriptor.IsRange && _request["label"] is not null) throw Invalid("Ranged descriptors should not have a label");
        var (first, last) = descriptor.IsRange ? DescriptorMethods.ReadRange(_request["range"]!) : (0, 0);
        ReadKeys();
        for (var position = first; position <= last; position++)
        {
            _scripts.AddRange(descriptor.Expand(position, _keys)
                ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Cannot expand descriptor. Probably because of hardened derivations without private keys provided."));
        }

        _isSolvable = descriptor.IsSolvable;
    }

    private void ReadScript(JsonNode given)
    {
        byte[] script;
        if (given is JsonObject { Count: > 0 } members && members["address"] is { } text)
        {
            var error = Address.TryParse(JsonValues.Text(text), _params.AddressFormat, out var address);
            script = error == AddressError.None ? StandardScripts.PayTo(address) : throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Invalid address \"{text.GetValue<string>()}\"");
        }
        else
        {
            if (given.GetValueKind() != JsonValueKind.String) throw Invalid("scriptPubKey must be string with script or JSON with address string");
            script = JsonValues.TryHex(given.GetValue<string>()) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Invalid scriptPubKey \"{given.GetValue<string>()}\"");
            _hasAddress = StandardScripts.FindAddress(script, _params.AddressFormat) is not null;
            if (!_hasAddress && !IsInternal) throw Invalid("Internal must be set to true for nonstandard scriptPubKey imports.");
        }

        _scripts.Add(script);
        ReadKeys();
        var hasHints = _keys.PublicKeys.Count > 0 || _request["redeemscript"] is not null || _request["witnessscript"] is not null;
        if (!hasHints) return;
        var solution = new ImportedScripts(_keys, ReadHex("redeemscript", "redeem script"), ReadHex("witnessscript", "witness script"));
        if (solution.Explain(script) is { } problem)
        {
            _warnings.Add($"Importing as non-solvable: {problem}.{IfIntended}don't provide any keys, pubkeys, witnessscript, or redeemscript.");
            return;
        }

        _isSolvable = true;
        _warnings.AddRange(solution.Unused);
    }

    private byte[]? ReadHex(string name, string words)
    {
        if (_request[name] is not { } value) return null;
        var text = JsonValues.Text(value);
        return JsonValues.TryHex(text) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Invalid {words} \"{text}\": must be hex string");
    }

    private void ReadKeys()
    {
        foreach (var item in _request["pubkeys"] is { } list ? JsonValues.List(list) : [])
        {
            var text = JsonValues.Text(item);
            var bytes = JsonValues.TryHex(text) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Pubkey \"{text}\" must be a hex string");
            _keys.Add(PublicKey.TryCreate(bytes) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Pubkey \"{text}\" is not a valid public key"));
        }

        foreach (var item in _request["keys"] is { } list ? JsonValues.List(list) : [])
            _keys.Add(PrivateKey.TryParseWif(JsonValues.Text(item), _params.WifVersion) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Invalid private key encoding"));
    }

    private void CheckKeys()
    {
        if (!_wallet.HasPrivateKeys && _keys.PrivateKeys.Count > 0) throw new RpcException(RpcErrorCode.WalletError, "Cannot import private keys to a wallet with private keys disabled");
        var isSpendable = _isSolvable && _keys.PublicKeys.Count > 0 && _keys.PublicKeys.All(key => _keys.FindKey(key.Hash) is not null);
        if (isSpendable && Flag("watchonly"))
            _warnings.Add($"All private keys are provided, outputs will be considered spendable.{IfIntended}do not specify the watchonly flag.");
        if (!isSpendable && !Flag("watchonly") && _wallet.HasPrivateKeys)
            _warnings.Add($"Some private keys are missing, outputs will be considered watchonly.{IfIntended}specify the watchonly flag.");
        foreach (var script in _scripts)
        {
            if (_wallet.Book.Find(script) is { Kind: OwnKind.Spendable })
            {
                throw new RpcException(RpcErrorCode.WalletError,
                    $"The wallet already contains the private key for this address or script (\"{Convert.ToHexStringLower(script)}\")");
            }
        }
    }

    private void Store(DateTimeOffset since, string? label) => _wallet.Update(contents =>
    {
        if (_isSolvable)
        {
            foreach (var key in _keys.PrivateKeys.Where(key => _wallet.Book.FindKey(key.PublicKey.Hash) is not { IsPrivateKnown: true }))
            {
                _wallet.Storage.Secrets!.Add(key);
                contents.Keys.Add(new WalletKey(key.PublicKey, since));
            }

            foreach (var key in _keys.PublicKeys.Where(key => _keys.FindKey(key.Hash) is null && _wallet.Book.FindKey(key.Hash) is null)) contents.KnownKeys.Add(key);
            foreach (var script in _keys.Scripts) WalletImports.AddScript(contents, script);
        }

        var book = new KeyBook(contents);
        foreach (var script in _scripts)
        {
            if (book.Find(script) is null) contents.Watched.Add(new WatchedScript(script, since));
            if (label is not null && _hasAddress && StandardScripts.FindPublicKey(script) is null) contents.Book[new ScriptBytes(script)] = new BookEntry(label, IsReceive: true);
        }
    }, withSecrets: _isSolvable && _keys.PrivateKeys.Count > 0);

    private bool Flag(string name) => _request[name] is { } value && JsonValues.Flag(value);

    private static RpcException Invalid(string message) => new(RpcErrorCode.InvalidParameter, message);
}
