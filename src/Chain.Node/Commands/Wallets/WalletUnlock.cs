using System.Text;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;
using Chain.Node.Wallet;

namespace Chain.Node.Commands.Wallets;

/// <summary>The passphrase of a wallet that is encrypted and locked, for one piece of work; none where it is not, or was unlocked by its owner.</summary>
internal sealed class WalletUnlock : IDisposable
{
    /// <summary>How long a wallet stays unlocked for one command, should that not lock it again itself.</summary>
    private const int Seconds = 60;

    private readonly CommandRun _run;
    private readonly INodeClient _client;
    private readonly Passphrase? _passphrase;

    private WalletUnlock(CommandRun run, INodeClient client, Passphrase? passphrase) => (_run, _client, _passphrase) = (run, client, passphrase);

    /// <summary>Asks for the passphrase where the wallet needs it: a file that was named, else stdin or whoever types.</summary>
    public static async Task<WalletUnlock> AskAsync(CommandRun run, INodeClient client, string? path, CancellationToken cancellationToken)
    {
        var info = await client.GetAsync("getwalletinfo", cancellationToken).ConfigureAwait(false);
        var isLocked = info["unlocked_until"]?.GetValue<long>() is 0L;
        return new WalletUnlock(run, client, isLocked ? PassphraseOption.Obtain(run, path, "Passphrase: ") : null);
    }

    /// <summary>Does the work: unlocks the wallet where it is locked, and locks it again.</summary>
    public async Task<T> DoAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        if (_passphrase is null) return await work().ConfigureAwait(false);
        try
        {
            _ = await _client.CallAsync("walletpassphrase", new JsonArray(Encoding.UTF8.GetString(_passphrase.Bytes), Seconds), cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Code == RpcErrorCode.WalletPassphraseIncorrect)
        {
            throw WalletException.WrongPassphrase(_run.Settings.CommandWalletPath);
        }

        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            _ = await _client.CallAsync("walletlock", null, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _passphrase?.Dispose();
}
