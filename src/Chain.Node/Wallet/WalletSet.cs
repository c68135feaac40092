using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.State;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Wallet;

/// <summary>
/// The wallets of a node that are loaded. The default one, with no name, is <c>Wallets_&lt;id&gt;.dat</c>; others lie beside it as
/// <c>Wallets_&lt;id&gt;_NAME.dat</c>. It tells them of blocks and waiting transactions. Touched only where the chain may be.
/// </summary>
public sealed class WalletSet : IDisposable
{
    private const string Extension = ".dat";
    private const string StartupExtension = ".startup";
    private const int LongestName = 100;

    private readonly string _defaultPath;
    private readonly LoadedChain _chain;
    private readonly ILogger? _log;
    private readonly WalletScanner _scanner;
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly List<NodeWallet> _wallets = [];
    private bool _hasStarted;
    private bool _hadDefault;

    /// <summary>
    /// Follows a chain; no wallet is loaded yet. What a wallet has missed it takes in at once, for so long at most where
    /// <paramref name="longestAtOnce"/> says so; then <see cref="RunAsync"/> does the rest.
    /// </summary>
    public WalletSet(string defaultPath, LoadedChain chain, IStateOwner owner, TimeProvider clock, ILogger? log, TimeSpan? longestAtOnce = null)
    {
        _defaultPath = Path.GetFullPath(defaultPath);
        _chain = chain;
        _log = log;
        _scanner = new WalletScanner(owner, chain, log) { LongestAtOnce = longestAtOnce ?? TimeSpan.MaxValue };
        Owner = owner;
        Clock = clock;
        chain.Chainstate.BlockConnected += OnBlockConnected;
        chain.Chainstate.BlockDisconnected += OnBlockDisconnected;
        chain.Mempool.TransactionAccepted += OnTransactionAccepted;
    }

    internal IStateOwner Owner { get; }

    internal TimeProvider Clock { get; }

    internal RandomNumberGenerator Random => _random;

    /// <summary>What wallets are made with: tests make it quicker.</summary>
    internal WalletOptions Options { get; set; } = new() { LockTimeout = TimeSpan.FromSeconds(2) };

    /// <summary>What the configuration says.</summary>
    public WalletSettings Settings { get; init; } = new();

    /// <summary>The wallets that are loaded, in the order in which they were.</summary>
    internal IReadOnlyList<NodeWallet> All => _wallets;

    /// <summary>Loads the default wallet, and those that shall be loaded at every start, as far as they are there and in order. Once: later calls do nothing.</summary>
    public void LoadAtStart()
    {
        if (_hasStarted) return;
        _hasStarted = true;
        List<string> names = [.. File.Exists(_defaultPath) ? [""] : Array.Empty<string>(), .. Settings.AtStart, .. ReadStartupNames()];
        foreach (var name in names.Distinct())
        {
            try
            {
                if (IsValidName(name) && File.Exists(PathOf(name))) _ = Load(name);
            }
            catch (Exception e) when (e is WalletException or IOException or UnauthorizedAccessException)
            {
                _log?.WalletNotLoaded(e.Message);
            }
        }
    }

    /// <summary>Takes wallets that are far behind through the blocks that they have missed, until the token ends.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _scanner.RunAsync(cancellationToken);

    /// <summary>Whether a wallet may have this name: no path, and nothing that a file system stumbles over.</summary>
    internal static bool IsValidName(string name) =>
        name.Length <= LongestName && name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ' ') && !name.Contains("..", StringComparison.Ordinal);

    /// <summary>
    /// Whether a file is one that wallets are made of, where the default one's is <paramref name="stem"/>.dat: a wallet, a history,
    /// or the list of those that are loaded at the start. Node 3000's are not those of node 30001.
    /// </summary>
    internal static bool IsFile(string file, string stem)
    {
        if (!file.StartsWith(stem, StringComparison.Ordinal)) return false;
        var rest = file[stem.Length..];
        if (rest == StartupExtension) return true;
        if (rest.EndsWith(WalletLog.Suffix, StringComparison.Ordinal)) rest = rest[..^WalletLog.Suffix.Length];
        if (!rest.EndsWith(Extension, StringComparison.Ordinal)) return false;
        var name = rest[..^Extension.Length];
        return name.Length == 0 || (name is ['_', _, ..] && IsValidName(name[1..]));
    }

    /// <summary>The list of wallets that are loaded at the start beside the default one, whose file is given.</summary>
    internal static string StartupPathOf(string defaultPath) => defaultPath[..^Extension.Length] + StartupExtension;

    /// <summary>The file of a wallet.</summary>
    internal string PathOf(string name) => name.Length == 0 ? _defaultPath : _defaultPath[..^Extension.Length] + "_" + name + Extension;

    /// <summary>The default wallet where a command made it after the start; null where it was loaded before, or is not there.</summary>
    internal NodeWallet? FindNewDefault(string name)
    {
        if (name.Length > 0 || _hadDefault || !File.Exists(_defaultPath)) return null;
        return Load("");
    }

    internal NodeWallet? Find(string name) => _wallets.Find(wallet => wallet.Name == name);

    /// <summary>The names of all wallets that lie there, loaded or not.</summary>
    internal IEnumerable<string> NamesInFolder()
    {
        if (File.Exists(_defaultPath)) yield return "";
        var prefix = Path.GetFileName(_defaultPath)[..^Extension.Length] + "_";
        foreach (var path in Directory.EnumerateFiles(Path.GetDirectoryName(_defaultPath)!, prefix + "*" + Extension).Order(StringComparer.Ordinal))
            yield return Path.GetFileName(path)[prefix.Length..^Extension.Length];
    }

    /// <summary>The files of all wallets, loaded or not.</summary>
    internal IReadOnlyList<string> Files => Snapshots.NodeFiles.WalletsOf(_defaultPath);

    /// <summary>Loads a wallet, and takes in what the chain did meanwhile.</summary>
    internal NodeWallet Load(string name) => Open(name, WalletStorage.Load(PathOf(name), _random, Options.LockTimeout), wallet => _scanner.Begin(wallet, wallet.BeginCatchUp()));

    /// <summary>Takes up what a command has added to a wallet's file meanwhile, and what the wallet could not take in.</summary>
    internal void Refresh(NodeWallet wallet)
    {
        if (wallet.Refresh() is not { } scan) return;
        try
        {
            _scanner.Begin(wallet, scan);
        }
        catch (Exception e) when (e is WalletException or IOException or UnauthorizedAccessException)
        {
            wallet.Miss();
            throw;
        }
    }

    /// <summary>Loads a wallet with a scan of what the chain did meanwhile, which the caller does.</summary>
    internal NodeWallet LoadToScan(string name) => Open(name, WalletStorage.Load(PathOf(name), _random, Options.LockTimeout), BeginScan);

    /// <summary>
    /// Makes a wallet and loads it; a cipher is taken over. With a master key it is the wallet that had that key before, with a
    /// scan for its transactions from the first block on, which the caller does.
    /// </summary>
    internal NodeWallet Create(string name, WalletFlags flags, WalletCipher? cipher, ExtendedKey? master = null)
    {
        var contents = new WalletContents { Flags = flags, CreatedAt = master is null ? Clock.GetUtcNow() : WalletContents.BirthUnknown };
        Directory.CreateDirectory(Path.GetDirectoryName(_defaultPath)!);
        var storage = WalletStorage.Empty(PathOf(name), contents, cipher, _random, Options.LockTimeout);
        try
        {
            storage.Update(c =>
            {
                if (master is not null)
                {
                    storage.Secrets!.TakeMaster(master);
                    WalletAddresses.PlantTree(c, master);
                }
                else if ((flags & (WalletFlags.DisablePrivateKeys | WalletFlags.Blank)) == 0) WalletAddresses.PlantTree(c, storage.Secrets!, _random);
            }, withSecrets: true);
            if (storage.IsEncrypted) storage.Lock();
            return Open(name, storage, master is null ? wallet => wallet.BeginAtTip() : BeginScan);
        }
        catch
        {
            storage.Dispose();
            throw;
        }
    }

    internal void Unload(NodeWallet wallet)
    {
        _wallets.Remove(wallet);
        wallet.Dispose();
    }

    /// <summary>Says whether a wallet is loaded at every start; the default one always is. False where the list of those cannot be changed.</summary>
    internal bool TrySetAtStart(string name, bool isLoaded)
    {
        try
        {
            var names = ReadStartupNames().Where(known => known != name).ToList();
            if (isLoaded && name.Length > 0) names.Add(name);
            AtomicFile.Write(StartupPath, System.Text.Encoding.UTF8.GetBytes(string.Concat(names.Select(known => known + "\n"))));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _chain.Chainstate.BlockConnected -= OnBlockConnected;
        _chain.Chainstate.BlockDisconnected -= OnBlockDisconnected;
        _chain.Mempool.TransactionAccepted -= OnTransactionAccepted;
        ExceptionDispatchInfo? failure = null;
        foreach (var wallet in _wallets)
        {
            // Where one fails the others are closed all the same.
            var its = Close(wallet);
            failure ??= its;
        }

        _wallets.Clear();
        _random.Dispose();
        failure?.Throw();
    }

    private string StartupPath => StartupPathOf(_defaultPath);

    private string[] ReadStartupNames() => File.Exists(StartupPath) ? File.ReadAllLines(StartupPath) : [];

    private NodeWallet Open(string name, WalletStorage storage, Action<NodeWallet> begin)
    {
        NodeWallet? wallet = null;
        try
        {
            wallet = new NodeWallet(name, storage, _chain, Clock, _random, Settings);
            begin(wallet);
            _wallets.Add(wallet);
            _hadDefault |= name.Length == 0;
            return wallet;
        }
        catch
        {
            if (wallet is null) storage.Dispose();
            else Close(wallet);
            throw;
        }
    }

    /// <summary>Closes a wallet; gives what it could not write.</summary>
    private static ExceptionDispatchInfo? Close(NodeWallet wallet)
    {
        try
        {
            wallet.Dispose();
            return null;
        }
        catch (Exception e) when (e is WalletException or IOException or UnauthorizedAccessException)
        {
            return ExceptionDispatchInfo.Capture(e);
        }
    }

    private static void BeginScan(NodeWallet wallet) => wallet.Scan = wallet.BeginCatchUp();

    private void OnBlockConnected(BlockNode node, Block block) => Tell(wallet => wallet.OnBlockConnected(node, block));

    private void OnBlockDisconnected(BlockNode node, Block block) => Tell(wallet => wallet.OnBlockDisconnected(node, block));

    private void OnTransactionAccepted(MempoolEntry entry) => Tell(wallet => wallet.OnTransactionAccepted(entry));

    /// <summary>What a wallet cannot write must not keep the chain from going on: it looks at the block again when it is loaded next.</summary>
    private void Tell(Action<NodeWallet> tell)
    {
        foreach (var wallet in _wallets)
        {
            try
            {
                tell(wallet);
            }
            catch (Exception e) when (e is WalletException or IOException or UnauthorizedAccessException)
            {
                wallet.Miss();
                _log?.WalletFailed(wallet.Name, e.Message);
            }
        }
    }
}
