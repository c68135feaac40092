using System.Text.Json.Nodes;
using Chain.Node.Dev;
using Chain.Node.Rpc;
using Chain.State.Storage;

namespace Chain.Node.Commands.Wallets;

/// <summary>
/// A wallet's file in a folder without a chain: its keys and names are there, and may be copied, encrypted and named. The methods need
/// some chain, which lies aside and is gone afterwards, as the history is that the wallet would have on it.
/// </summary>
internal sealed class ChainlessClient : INodeClient
{
    private readonly LocalNodeClient _inner;
    private readonly string _folder;

    private ChainlessClient(LocalNodeClient inner, string folder) => (_inner, _folder) = (inner, folder);

    /// <inheritdoc/>
    public bool IsRemote => false;

    /// <summary>Whether there is the wallet that is meant, and no chain.</summary>
    public static bool IsMeant(CommandRun run) => File.Exists(run.Settings.CommandWalletPath) && ChainFolder.FindParams(run.Settings) is null;

    /// <summary>Opens it; null where there is a chain, or no wallet.</summary>
    public static ChainlessClient? TryOpen(CommandRun run)
    {
        if (!IsMeant(run)) return null;
        var (settings, p) = (run.Settings, DevChain.Create(run.Clock));
        var folder = Directory.CreateTempSubdirectory("chain-wallet-").FullName;
        try
        {
            var path = Path.Combine(folder, Path.GetFileName(settings.DatabasePath));
            var held = DatabaseLock.TryTake(path, Environment.ProcessId, httpPort: 0) ?? throw new CommandException($"{path} is in use by another process. Try again.");
            return new ChainlessClient(ChainFolder.OpenLocal(held, path, settings.WalletPath, settings, p, onlyLooks: true, run.Clock, historyFolder: folder), folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<JsonNode?> CallAsync(string method, JsonNode? parameters, CancellationToken cancellationToken) => _inner.CallAsync(method, parameters, cancellationToken);

    /// <inheritdoc/>
    public Task<JsonNode?> FollowAsync(string method, JsonNode? parameters, Action<double> tell, CancellationToken cancellationToken) =>
        _inner.FollowAsync(method, parameters, tell, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _inner.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
