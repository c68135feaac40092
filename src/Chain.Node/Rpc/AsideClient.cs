using System.Text.Json.Nodes;
using Chain.Node.Snapshots;
using Chain.State.Storage;

namespace Chain.Node.Rpc;

/// <summary>
/// Looks at a chain without a trace in its folder: on a copy of its database in a folder of its own, which is gone afterwards, or,
/// where the node has none yet, on a chain of the first block alone. Of the wallets it looks at copies too, since whoever looks at
/// one takes down what the chain did meanwhile; the folder and they are this user's alone.
/// </summary>
internal sealed class AsideClient : INodeClient
{
    private readonly LocalNodeClient _inner;
    private readonly CopiedPaths _copies;
    private readonly string? _closedWallet;

    private AsideClient(LocalNodeClient inner, CopiedPaths copies, string? closedWallet)
    {
        _inner = inner;
        _copies = copies;
        _closedWallet = closedWallet;
    }

    /// <inheritdoc/>
    public bool IsRemote => false;

    /// <summary>
    /// Copies the database and the wallets, says how far it is, from 0 to 1, and opens the copies. Throws
    /// <see cref="CommandException"/> where there is no chain, or a process changes it.
    /// </summary>
    public static async Task<AsideClient> OpenAsync(NodeSettings settings, TimeProvider clock, Action<double> tell, CancellationToken cancellationToken)
    {
        var initial = ChainFolder.GetParams(settings);
        var folder = Directory.CreateTempSubdirectory("chain-look-").FullName;
        var copies = new CopiedPaths(settings.DataDirectory, folder);
        try
        {
            var path = Path.Combine(folder, Path.GetFileName(settings.DatabasePath));
            await CopyAsync(settings.DatabasePath, path, tell, cancellationToken).ConfigureAwait(false);
            var closed = CopyWallets(settings.WalletPath, folder);
            cancellationToken.ThrowIfCancellationRequested();
            var held = DatabaseLock.TryTake(path, Environment.ProcessId, httpPort: 0) ?? throw new CommandException($"{path} is in use by another process. Try again.");
            var wallet = (settings with { DataDirectory = folder }).WalletPath;
            return new AsideClient(ChainFolder.OpenLocal(held, path, wallet, settings, initial, onlyLooks: true, clock), copies, closed);
        }
        catch (Exception e)
        {
            Directory.Delete(folder, recursive: true);
            if (copies.Translate(e) is { } own) throw own;
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<JsonNode?> CallAsync(string method, JsonNode? parameters, CancellationToken cancellationToken) =>
        ExplainAsync(_inner.CallAsync(method, parameters, cancellationToken));

    /// <inheritdoc/>
    public Task<JsonNode?> FollowAsync(string method, JsonNode? parameters, Action<double> tell, CancellationToken cancellationToken) =>
        ExplainAsync(_inner.FollowAsync(method, parameters, tell, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _inner.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(_copies.Folder, recursive: true);
        }
    }

    /// <summary>A wallet that this user may not read is missing only in the copy; what else fails is told of the files that were copied.</summary>
    private async Task<JsonNode?> ExplainAsync(Task<JsonNode?> call)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Code == RpcErrorCode.WalletNotFound && _closedWallet is not null)
        {
            throw new RpcException(RpcErrorCode.WalletError, $"The wallet {_closedWallet} cannot be read by this user. Call the command as the user to whom it belongs.");
        }
        catch (Exception e) when (_copies.Translate(e) is { } own)
        {
            throw own;
        }
    }

    /// <summary>Copies what this user may read of the wallets; gives the path of one that is not.</summary>
    private static string? CopyWallets(string walletPath, string folder)
    {
        string? closed = null;
        foreach (var path in NodeFiles.WalletsOf(walletPath))
        {
            try
            {
                PrivateFile.Copy(path, Path.Combine(folder, Path.GetFileName(path)));
            }
            catch (UnauthorizedAccessException)
            {
                closed ??= path;
            }
        }

        return closed;
    }

    /// <summary>Copies a database with what has not been taken over from its log.</summary>
    private static async Task CopyAsync(string from, string to, Action<double> tell, CancellationToken cancellationToken)
    {
        if (!File.Exists(from)) return;
        using var shared = DatabaseLock.TryShare(from)
            ?? throw new CommandException($"The database {from} is in use by a process of another user, and cannot be read meanwhile. Call the command as that user, or when that process has ended.");
        string[] suffixes = File.Exists(from + "-wal") ? ["", "-wal"] : [""];
        var (size, done) = (Math.Max(1, suffixes.Sum(suffix => new FileInfo(from + suffix).Length)), 0L);
        try
        {
            foreach (var suffix in suffixes)
                await PrivateFile.CopyAsync(from + suffix, to + suffix, count => tell(Math.Min(1, (double)(done += count) / size)), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new CommandException(
                $"The database {from} cannot be written by this user, and no copy of it could be made in {Path.GetTempPath()} to look at: {e.Message} "
                + "Make room there, or name another folder with TMPDIR; or call the command as the user to whom the database belongs.", e);
        }
    }
}
