using System.Net;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node.Dev;
using Chain.Node.Rpc;
using Chain.Node.Snapshots;
using Chain.Node.Wallet;
using Chain.State.Storage;

namespace Chain.Node;

/// <summary>
/// What lies in a data directory: which chain it is, and how one gets at it — through the node that runs there, or by
/// opening the database.
/// </summary>
public static class ChainFolder
{
    /// <summary>What is shorter was hardly meant as an address.</summary>
    private const int ShortestAddress = 25;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>The parameters of the node's chain: of its database, else of genesis.json; null where there is neither.</summary>
    public static ChainParams? FindParams(NodeSettings settings)
    {
        if (!RestoreJournal.TryFinish(settings.DataDirectory))
            throw new CommandException($"A snapshot is being restored in {settings.DataDirectory}. Try again when that is done.");
        if (File.Exists(settings.DatabasePath) && ChainDatabase.FindFact(settings.DatabasePath, ChainDatabase.ParamsFact) is { } fact)
        {
            return GenesisFile.TryParse(System.Text.Encoding.UTF8.GetString(fact), out var error)
                ?? throw new DatabaseException($"The database {settings.DatabasePath} is damaged: its parameters do not read ({error}).") { IsDamage = true };
        }

        return File.Exists(settings.GenesisPath) ? ReadGenesis(settings.GenesisPath) : null;
    }

    /// <summary>The parameters, which must be there.</summary>
    public static ChainParams GetParams(NodeSettings settings) => FindParams(settings) ?? throw NoChain(settings);

    /// <summary>Reads a chain from its file.</summary>
    public static ChainParams ReadGenesis(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read: {e.Message}", e);
        }

        return GenesisFile.TryParse(text, out var error)
            ?? throw new CommandException($"{path} is no chain: {error}. Copy the file again from who made the chain.");
    }

    /// <summary>
    /// Reads an address of this chain, or says what is wrong with it. A folder without a chain reads addresses of a private
    /// one.
    /// </summary>
    public static Address ParseAddress(string text, AddressFormat format, bool orLabel = false)
    {
        var error = Address.TryParse(text, format, out var address);
        if (error == AddressError.None) return address;
        var hint = orLabel && text.Length < ShortestAddress ? " Nor is it a label of the wallet: 'chain wallet label' lists those." : "";
        throw CommandException.FromRpc(RpcErrorCode.InvalidAddressOrKey, AddressText.Explain(text, error) + hint);
    }

    /// <summary>Reaches the chain: the node that runs here, or, where none does, the database itself.</summary>
    public static async Task<INodeClient> ConnectAsync(NodeSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var initial = GetParams(settings);
        var start = clock.GetTimestamp();
        var (shut, since) = (DoorState.Silent, start);
        while (true)
        {
            if (RestoreJournal.TryFinish(settings.DataDirectory) && TryTake(settings) is { } held)
                return OpenLocal(held, settings.DatabasePath, settings.WalletPath, settings, initial, onlyLooks: false, clock);
            var owner = DatabaseLock.ReadOwner(settings.DatabasePath);
            if (owner is { HttpPort: > 0 } node)
            {
                var (client, state) = await NodeDoor.KnockAsync(settings, node.HttpPort, clock, cancellationToken).ConfigureAwait(false);
                if (client is not null) return client;
                if (state != shut) (shut, since) = (state, clock.GetTimestamp());
                if (clock.GetElapsedTime(since) > NodeDoor.Grace && NodeDoor.Explain(settings, node, state) is { } refusal) throw refusal;
            }

            if (clock.GetElapsedTime(start) > Patience) throw InUse(settings, owner, "does not answer", "It starts, ends or hangs, and its log says which: wait for it, or stop that process.");
            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Opens a database, under its lock, which is released where this throws, with a wallet for the calls of a command. What the
    /// configuration says counts as it does for the node. Where a folder is named for histories, wallets have theirs there.
    /// </summary>
    internal static LocalNodeClient OpenLocal(
        DatabaseLock held, string path, string walletPath, NodeSettings settings, ChainParams initial, bool onlyLooks, TimeProvider clock, string? historyFolder = null)
    {
        ConfigurationFile configuration;
        WalletSettings wallets;
        try
        {
            configuration = ConfigurationFile.Read(settings, initial.Profile, onlyLooks);
            wallets = WalletSettings.From(configuration);
        }
        catch
        {
            held.Dispose();
            throw;
        }

        var overrides = new ChainOverrides { Policy = policy => PoolConfiguration.Apply(policy, configuration) };
        return new LocalNodeClient(LoadedChain.Open(held, path, initial, clock, overrides), walletPath, settings.WalletName, wallets with { HistoryFolder = historyFolder }, clock);
    }

    /// <summary>Opens the database for a command that must have it for itself.</summary>
    public static async Task<LoadedChain> OpenAsync(NodeSettings settings, ChainParams initial, TimeProvider clock, CancellationToken cancellationToken) =>
        LoadedChain.Open(await LockAsync(settings, httpPort: 0, clock, cancellationToken).ConfigureAwait(false), settings.DatabasePath, initial, clock);

    /// <summary>
    /// Takes the database for a node that is about to run, or for a command that must have it for itself. Another command
    /// there is waited for; a node is not.
    /// </summary>
    public static async Task<DatabaseLock> LockAsync(NodeSettings settings, int httpPort, TimeProvider clock, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            if (RestoreJournal.TryFinish(settings.DataDirectory) && DatabaseLock.TryTake(settings.DatabasePath, Environment.ProcessId, httpPort) is { } held) return held;
            var owner = DatabaseLock.ReadOwner(settings.DatabasePath);
            if (owner is { HttpPort: > 0 } || clock.GetElapsedTime(start) > Patience) throw InUse(settings, owner, "uses it", owner is { HttpPort: > 0 } ? "It runs already, and commands find it; 'chain stop' ends it. For another one beside it use another --node or --datadir." : "Stop that process, or use another --node or --datadir.");
            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the database; null where another process has it, also where this user may not write there and a node answers.</summary>
    private static DatabaseLock? TryTake(NodeSettings settings)
    {
        try
        {
            return DatabaseLock.TryTake(settings.DatabasePath, Environment.ProcessId, httpPort: 0);
        }
        catch (DatabaseException e) when (e.IsReadOnly && DatabaseLock.ReadOwner(settings.DatabasePath) is { HttpPort: > 0 } owner
            && NodeDoor.IsAnswered(new IPEndPoint(settings.HttpAddress, owner.HttpPort)))
        {
            return null;
        }
    }

    private static CommandException NoChain(NodeSettings settings) => new(
        $"There is no chain in {settings.DataDirectory}: no {Path.GetFileName(settings.DatabasePath)} and no {GenesisFile.FileName}. " + WhereElse(settings));

    private static string WhereElse(NodeSettings settings)
    {
        if (OtherNodes(settings) is { Count: > 0 } others)
            return $"Node {string.Join(" and node ", others)} has one there: name it with --node or NODE_ID.";
        var own = NewestAddress(settings);
        if (DevFinder.FindHidden(settings) is { } hidden) return $"{hidden} For a chain here: 'chain createblockchain --address {own ?? "ADDRESS"}'.";
        if (NodeDoor.IsAnswered(new IPEndPoint(settings.HttpAddress, settings.HttpPort)))
            return $"But something listens on port {settings.HttpPort}, perhaps this node with another data directory: call the command there, or name that folder with --datadir.";
        return $"Create one with 'chain createblockchain --address {own ?? "ADDRESS"}'{(own is null ? ", the address being one that 'chain createwallet' makes" : "")}; or take one over with 'chain init FILE'. To try things, 'chain dev' runs one with money in it.";
    }

    /// <summary>The newest address of the wallet that lies there; null where none does, or it cannot be read.</summary>
    private static string? NewestAddress(NodeSettings settings)
    {
        if (!File.Exists(settings.WalletPath)) return null;
        try
        {
            using var wallet = KeyStore.Load(settings.WalletPath);
            return wallet.NewestAddress(Profiles.PrivateAddressFormat)?.ToString();
        }
        catch (WalletException)
        {
            return null;
        }
    }

    /// <summary>The numbers of the other nodes whose databases lie in the folder.</summary>
    public static IReadOnlyList<int> OtherNodes(NodeSettings settings)
    {
        const string Prefix = "blockchain_";
        if (!Directory.Exists(settings.DataDirectory)) return [];
        return
        [
            .. Directory.EnumerateFiles(settings.DataDirectory, Prefix + "*.db")
                .Select(path => int.TryParse(Path.GetFileNameWithoutExtension(path)[Prefix.Length..], out var id) ? id : 0)
                .Where(id => id > 0 && id != settings.NodeId)
                .Order(),
        ];
    }

    private static CommandException InUse(NodeSettings settings, (int ProcessId, int HttpPort)? owner, string what, string next) => new(
        $"The database {settings.DatabasePath} is in use: process {owner?.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown"} {what}"
        + $"{(owner is { HttpPort: > 0 } node ? $" (a node with RPC port {node.HttpPort})" : "")}. {next}");

    /// <summary>Connects to the node of a folder that is said to answer at a port; null where it does not, or not yet.</summary>
    internal static async Task<HttpNodeClient?> TryConnectAsync(NodeSettings settings, int port, TimeProvider clock, CancellationToken cancellationToken) =>
        (await NodeDoor.KnockAsync(settings, port, clock, cancellationToken).ConfigureAwait(false)).Client;
}
