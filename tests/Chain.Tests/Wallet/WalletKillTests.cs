using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Wallet;

/// <summary>
/// The program is killed while it saves a wallet, again and again: in clear, while it is being encrypted, encrypted, and while its
/// passphrase changes. What was acknowledged is there each time, with its private keys, and the next save works.
/// </summary>
public sealed class WalletKillTests(ITestOutputHelper output)
{
    private const int Lanes = 2;

    /// <summary>How many kills one wallet gets in each of its four states.</summary>
    private const int InClear = 12, Encrypted = 5, Changed = 3;

    /// <summary>About a dozen saves, and about what a key costs to be made of a passphrase.</summary>
    private const int MostDelay = 100, MostDelayOfEncryption = 1_000;

    /// <summary>How many kills, most of whose time goes into starting the program; CHAIN_WALLET_KILLS asks for another number, as 500, which take some minutes.</summary>
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("CHAIN_WALLET_KILLS"), out var asked) ? asked : 80;

    private int _killed;
    private int _writing;
    private int _acknowledged;
    private int _encrypted;
    private int _changed;

    [Fact]
    public async Task Sigkill_DuringSaves_LosesNothing()
    {
        var seed = Property.FirstSeed(output);
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(() => RunAsync(new Random(seed + lane)))));
        output.WriteLine($"{_killed} kills, {_writing} of them while a file was being written; {_acknowledged} changes acknowledged; {_encrypted} wallets encrypted, {_changed} passphrases changed");
        Assert.True(_killed >= Kills);
        Assert.True(_writing > 0, "no kill came in the middle of a save");
    }

    private async Task RunAsync(Random random)
    {
        while (Volatile.Read(ref _killed) < Kills)
        {
            using var wallet = new KillableWallet(random);
            await RepeatAsync(wallet, InClear);
            await UntilAsync(wallet, "encryptwallet", () => wallet.IsEncrypted);
            await RepeatAsync(wallet, Encrypted);
            await UntilAsync(wallet, "walletpassphrasechange", () => wallet.PassphraseChanges > 0);
            await RepeatAsync(wallet, Changed);
            await wallet.EndAsync();
            Interlocked.Add(ref _acknowledged, wallet.Count);
            if (wallet.IsEncrypted) Interlocked.Increment(ref _encrypted);
            Interlocked.Add(ref _changed, wallet.PassphraseChanges);
        }
    }

    private async Task RepeatAsync(KillableWallet wallet, int times)
    {
        for (var i = 0; i < times && !IsEnough; i++) await KillAsync(wallet, MostDelay, special: null);
    }

    private async Task UntilAsync(KillableWallet wallet, string method, Func<bool> isDone)
    {
        while (!isDone() && !IsEnough) await KillAsync(wallet, MostDelayOfEncryption, method);
    }

    private bool IsEnough => Volatile.Read(ref _killed) >= Kills;

    private async Task KillAsync(KillableWallet wallet, int mostDelay, string? special)
    {
        if (await wallet.KillAsync(mostDelay, special)) Interlocked.Increment(ref _writing);
        Interlocked.Increment(ref _killed);
        wallet.Check(all: false);
    }
}
