using System.Text;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State.Storage;

namespace Chain.Node.Commands.Wallets;

/// <summary>The passphrase of a wallet that is encrypted and locked, for one piece of work; none where it is not, or was unlocked by its owner.</summary>
internal sealed class WalletUnlock : IDisposable
{
    /// <summary>How long a wallet stays unlocked for one command, should that not lock it again itself.</summary>
    private const int Seconds = 60;

    /// <summary>How long a node may take to lock it again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly CommandRun _run;
    private readonly INodeClient _client;
    private readonly Passphrase? _passphrase;
    private readonly string? _path;

    private WalletUnlock(CommandRun run, INodeClient client, Passphrase? passphrase, string? path) => (_run, _client, _passphrase, _path) = (run, client, passphrase, path);

    /// <summary>
    /// Asks a person for the passphrase of an encrypted wallet before the database is opened, where no node runs: as long as it is
    /// open none can start. A file or a pipe has it at once.
    /// </summary>
    public static void AskAhead(CommandRun run, string? path)
    {
        var settings = run.Settings;
        if (path is not null || !run.Console.IsInputTerminal || !File.Exists(settings.CommandWalletPath)) return;
        if (DatabaseLock.ReadOwner(settings.DatabasePath) is { HttpPort: > 0 }) return;
        using (var wallet = KeyStore.Load(settings.CommandWalletPath))
        {
            if (!wallet.IsEncrypted) return;
        }

        run.Typed = PassphraseOption.Obtain(run, null, PassphraseOption.OfALockedWallet);
    }

    /// <summary>
    /// Asks for the passphrase where the wallet needs it: a file that was named, else stdin or whoever types. What another command
    /// unlocked for itself is locked when that one ends.
    /// </summary>
    public static async Task<WalletUnlock> AskAsync(CommandRun run, INodeClient client, string? path, CancellationToken cancellationToken)
    {
        var info = await client.GetAsync("getwalletinfo", cancellationToken).ConfigureAwait(false);
        var isAsked = info["unlocked_until"]?.GetValue<long>() is { } until && (until == 0 || path is not null);
        return new WalletUnlock(run, client, isAsked ? Obtain(run, path) : null, path);
    }

    /// <summary>The passphrase: typed ahead, of a file that was named, of stdin or of whoever types.</summary>
    public static Passphrase Obtain(CommandRun run, string? path)
    {
        if (run.Typed is not { } typed) return PassphraseOption.Obtain(run, path, PassphraseOption.OfALockedWallet);
        run.Typed = null;
        return typed;
    }

    /// <summary>Does the work: unlocks the wallet where it is locked, and locks it again.</summary>
    public async Task<T> DoAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        if (_passphrase is null) return await work().ConfigureAwait(false);
        var unlocking = await BeginAsync(_passphrase, cancellationToken).ConfigureAwait(false);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            await EndAsync(unlocking).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _passphrase?.Dispose();

    private async Task<long> BeginAsync(Passphrase passphrase, CancellationToken cancellationToken)
    {
        try
        {
            var number = await _client.GetAsync("beginunlock", cancellationToken, Encoding.UTF8.GetString(passphrase.Bytes), Seconds).ConfigureAwait(false);
            return number.GetValue<long>();
        }
        catch (RpcException e) when (e.Code == RpcErrorCode.WalletPassphraseIncorrect)
        {
            throw PassphraseOption.Wrong(_run, _path);
        }
    }

    /// <summary>Locks the wallet again. Where that fails the work is done all the same: whoever heard otherwise would do it twice.</summary>
    private async Task EndAsync(long unlocking)
    {
        using var patience = new CancellationTokenSource(Patience, _run.Clock);
        try
        {
            _ = await _client.CallAsync("endunlock", new JsonArray(unlocking), patience.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            // The node has ended, and with it the unlocking.
        }
        catch (Exception e) when (e is RpcException or HttpRequestException or OperationCanceledException)
        {
            _run.Warn($"The wallet could not be locked again at once ({e.Message.TrimEnd('.')}): that happens by itself within {Seconds} seconds.");
        }
    }
}
