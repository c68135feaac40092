using System.Net;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
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
        if (File.Exists(settings.DatabasePath) && ChainDatabase.FindFact(settings.DatabasePath, State.Chainstate.ParamsFact) is { } fact)
        {
            return GenesisFile.TryParse(System.Text.Encoding.UTF8.GetString(fact), out var error)
                ?? throw new DatabaseException($"The database {settings.DatabasePath} is damaged: its parameters do not read ({error}).");
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
        var configuration = ConfigurationFile.Read(settings, initial.Profile);
        var wallets = WalletSettings.From(configuration);
        var start = clock.GetTimestamp();
        while (true)
        {
            if (RestoreJournal.TryFinish(settings.DataDirectory) && DatabaseLock.TryTake(settings.DatabasePath, Environment.ProcessId, httpPort: 0) is { } held)
            {
                // What the configuration says counts here as it does for the node.
                var overrides = new ChainOverrides { Policy = policy => PoolConfiguration.Apply(policy, configuration) };
                return new LocalNodeClient(LoadedChain.Open(held, settings.DatabasePath, initial, clock, overrides), settings.WalletPath, settings.WalletName, wallets, clock);
            }

            var owner = DatabaseLock.ReadOwner(settings.DatabasePath);
            if (owner is { HttpPort: > 0 } node && await TryConnectAsync(settings, node.HttpPort, clock, cancellationToken).ConfigureAwait(false) is { } client) return client;
            if (clock.GetElapsedTime(start) > Patience) throw InUse(settings, owner, "does not answer");
            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
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
            if (owner is { HttpPort: > 0 } || clock.GetElapsedTime(start) > Patience) throw InUse(settings, owner, "uses it");
            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private static CommandException NoChain(NodeSettings settings) => new(
        $"There is no chain in {settings.DataDirectory}: no {Path.GetFileName(settings.DatabasePath)} and no {GenesisFile.FileName}. " + WhereElse(settings));

    private static string WhereElse(NodeSettings settings)
    {
        if (OtherNodes(settings) is { Count: > 0 } others)
            return $"Node {string.Join(" and node ", others)} has one there: name it with --node or NODE_ID.";
        return IsAnswered(settings)
            ? $"But something listens on port {settings.HttpPort}, perhaps this node with another data directory: call the command there, or name that folder with --datadir."
            : "Create one with 'chain createblockchain --address ADDRESS', or take one over with 'chain init FILE'. To try things, 'chain dev' runs one with money in it.";
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

    /// <summary>Whether a program on this machine listens where the node would.</summary>
    private static bool IsAnswered(NodeSettings settings)
    {
        try
        {
            using var socket = new System.Net.Sockets.Socket(settings.HttpAddress.AddressFamily, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            // An address of this machine: it is known at once.
            socket.Connect(new IPEndPoint(settings.HttpAddress, settings.HttpPort));
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private static CommandException InUse(NodeSettings settings, (int ProcessId, int HttpPort)? owner, string what) => new(
        $"The database {settings.DatabasePath} is in use: process {owner?.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown"} {what}"
        + $"{(owner is { HttpPort: > 0 } node ? $" (a node with RPC port {node.HttpPort})" : "")}. Stop that process, or use another --node or --datadir.");

    /// <summary>Connects to the node of a folder that is said to answer at a port; null where it does not, or not yet.</summary>
    internal static async Task<HttpNodeClient?> TryConnectAsync(NodeSettings settings, int port, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (RpcCookie.TryRead(settings.CookiePath) is not { } cookie) return null;
        var client = new HttpNodeClient(new IPEndPoint(settings.HttpAddress, port), cookie, settings.WalletName);
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            _ = await client.CallAsync("getblockcount", null, either.Token).ConfigureAwait(false);
            return client;
        }
        catch (Exception e) when (e is HttpRequestException or RpcException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // It is starting, or stopping, or hangs: the next look tells.
            await client.DisposeAsync().ConfigureAwait(false);
            return null;
        }
    }
}
