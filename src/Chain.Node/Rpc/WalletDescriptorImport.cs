using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Descriptors;
using Chain.Core.Signing;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Brings one descriptor into a wallet of descriptors (Core: ProcessDescriptorImport).</summary>
internal sealed class WalletDescriptorImport
{
    private readonly NodeWallet _wallet;
    private readonly JsonObject _request;
    private readonly List<string> _warnings;
    private readonly Descriptor _descriptor;
    private readonly SigningKeys _keys = new();
    private readonly List<ReadOnlyMemory<byte>> _scripts = [];
    private (uint First, uint Last) _range;
    private int _scriptsAtOnce;

    private WalletDescriptorImport(NodeWallet wallet, ChainParams p, JsonObject request, List<string> warnings)
    {
        (_wallet, _request, _warnings) = (wallet, request, warnings);
        if (request["desc"] is not { } text) throw Invalid("Descriptor not found.");
        _descriptor = DescriptorMethods.Parse(JsonValues.Text(text), p, requireChecksum: true);
    }

    private bool IsActive => Flag("active");

    private bool IsInternal => Flag("internal");

    /// <summary>Imports what a request describes, with payments from a time on; throws <see cref="RpcException"/> where that cannot be.</summary>
    internal static void Run(NodeWallet wallet, ChainParams p, JsonObject request, long time, List<string> warnings)
    {
        var import = new WalletDescriptorImport(wallet, p, request, warnings);
        import.ReadRange();
        var label = import.ReadLabel();
        import.Expand();
        import.CheckKeys();
        import.Store(time, label);
    }

    private void ReadRange()
    {
        var given = _request["range"];
        if (!_descriptor.IsRange)
        {
            if (given is not null) throw Invalid("Range should not be specified for an un-ranged descriptor");
            if (IsActive) throw Invalid("Active descriptors must be ranged");
            return;
        }

        if (given is not null)
        {
            _range = DescriptorMethods.ReadRange(given);
        }
        else
        {
            _warnings.Add("Range not given, using default keypool range");
            _range = (0, _wallet.Settings.Keypool - 1);
        }

        if (_request["next_index"] is { } next && (JsonValues.Long(next) < _range.First || JsonValues.Long(next) > _range.Last)) throw Invalid("next_index is out of range");
    }

    private string? ReadLabel()
    {
        if (_request["label"] is not { } value) return IsInternal ? null : "";
        var label = WalletCalls.Label(value);
        if (_descriptor.IsRange) throw Invalid("Ranged descriptors should not have a label");
        if (IsInternal) throw Invalid("Internal addresses should not have a label");
        return label;
    }

    private void Expand()
    {
        for (var position = _range.First; position <= _range.Last; position++)
        {
            var scripts = _descriptor.Expand(position, _keys)
                ?? throw new RpcException(RpcErrorCode.WalletError, "Cannot expand descriptor. Probably because of hardened derivations without private keys provided");
            _scriptsAtOnce = scripts.Count;
            _scripts.AddRange(scripts.Select(script => (ReadOnlyMemory<byte>)script));
        }

        if (IsActive && _scriptsAtOnce > 1) throw new RpcException(RpcErrorCode.WalletError, "Combo descriptors cannot be set to active");
    }

    private void CheckKeys()
    {
        var hasPrivate = _descriptor.HasPrivateKeys;
        if (hasPrivate && !_wallet.HasPrivateKeys) throw new RpcException(RpcErrorCode.WalletError, "Cannot import private keys to a wallet with private keys disabled");
        if (!hasPrivate && _wallet.HasPrivateKeys)
            throw new RpcException(RpcErrorCode.WalletError, "Cannot import descriptor without private keys to a wallet with private keys enabled");
        if (hasPrivate && _keys.PublicKeys.Any(key => _keys.FindKey(key.Hash) is null))
            _warnings.Add("Not all private keys provided. Some wallet functionality may return unexpected errors");
    }

    private void Store(long time, string? label)
    {
        var since = DateTimeOffset.FromUnixTimeSeconds(time);
        var text = _descriptor.ToString();
        var known = _wallet.Contents.Descriptors.Find(descriptor => descriptor.Text == text);
        if (known is { IsRange: true } && (_range.First > known.First || _range.Last < known.End - 1))
            throw Invalid($"new range must include current range = [{known.First},{known.End - 1}]");
        var next = Math.Max(known?.Next ?? 0, _descriptor.IsRange && _request["next_index"] is { } given ? (uint)JsonValues.Long(given) : _range.First);
        var imported = new ImportedDescriptor(text, since, _range.First, _scriptsAtOnce, _scripts)
        {
            IsRange = _descriptor.IsRange,
            IsInternal = IsInternal,
            Next = next,
        };
        imported.IsActive = IsActive && imported.Type is not null;
        if (IsActive && !imported.IsActive) _warnings.Add("Unknown output type, cannot set descriptor to active.");
        _wallet.Update(contents =>
        {
            AddKeys(contents, since);
            Place(contents, imported);
            if (label is not null && !_descriptor.IsRange) Name(contents, label);
        }, withSecrets: _keys.PrivateKeys.Count > 0);
    }

    /// <summary>Puts it in the place of the same one, and of the one that was active before.</summary>
    private static void Place(WalletContents contents, ImportedDescriptor imported)
    {
        var at = contents.Descriptors.FindIndex(descriptor => descriptor.Text == imported.Text);
        if (at >= 0) contents.Descriptors[at] = imported;
        else contents.Descriptors.Add(imported);
        if (!imported.IsActive) return;
        foreach (var other in contents.Descriptors.Where(other => other != imported && other.IsActive && other.IsInternal == imported.IsInternal && other.Type == imported.Type))
            other.IsActive = false;
    }

    private void AddKeys(WalletContents contents, DateTimeOffset since)
    {
        foreach (var key in _keys.PrivateKeys.Where(key => _wallet.Book.FindKey(key.PublicKey.Hash) is not { IsPrivateKnown: true }))
        {
            _wallet.Storage.Secrets!.Add(key);
            contents.Keys.Add(new WalletKey(key.PublicKey, since));
        }

        foreach (var key in _keys.PublicKeys.Where(key => _keys.FindKey(key.Hash) is null && _wallet.Book.FindKey(key.Hash) is null)) contents.KnownKeys.Add(key);
        foreach (var script in _keys.Scripts) WalletImports.AddScript(contents, script);
    }

    private void Name(WalletContents contents, string label)
    {
        foreach (var script in _scripts.Where(script => Core.Scripts.ScriptTemplates.Recognize(script) != Core.Scripts.ScriptTemplate.PublicKey))
            contents.Book[new ScriptBytes(script)] = new BookEntry(label, IsReceive: true);
    }

    private bool Flag(string name) => _request[name] is { } value && JsonValues.Flag(value);

    private static RpcException Invalid(string message) => new(RpcErrorCode.InvalidParameter, message);
}
