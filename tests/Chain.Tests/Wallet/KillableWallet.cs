using System.Diagnostics;
using System.Text;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Wallet;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Wallet;

/// <summary>
/// A wallet that a process of the program changes as fast as it can, line by line at the prompt of <c>chain attach</c>, until that is
/// killed; and what the program has acknowledged so far, which must all be there.
/// </summary>
internal sealed class KillableWallet : IDisposable
{
    private const int LinesPerRound = 300;

    private static readonly string[] Types = ["legacy", "p2sh-segwit", "bech32", "bech32m"];

    private readonly DataFolder _folder = new();
    private readonly ChainParams _chain = FreshChain.Create();
    private readonly Random _random;
    private readonly List<Acknowledged> _all = [];
    private readonly List<string> _passphrases = [];
    private WalletCipher? _cipher;
    private string _passphrase = "";
    private bool _mustBeEncrypted;
    private int _specials;
    private int _checked;
    private int _labels;

    public KillableWallet(Random random)
    {
        _random = random;
        _chain.WriteTo(_folder.Root);
    }

    /// <summary>How many changes the program has acknowledged.</summary>
    public int Count => _all.Count;

    /// <summary>Whether its keys are encrypted, as its file says.</summary>
    public bool IsEncrypted { get; private set; }

    /// <summary>How often the passphrase was changed.</summary>
    public int PassphraseChanges { get; private set; }

    private string Path => _folder.PathOf("Wallets_3000.dat");

    private string Temporary => Path + AtomicFile.TemporarySuffix;

    /// <summary>Changes the wallet and kills the process in the middle of that; whether it was writing a file then.</summary>
    public async Task<bool> KillAsync(int mostMilliseconds, string? special = null)
    {
        var lines = Lines(special);
        var process = ChainProgram.Start(Attach(), string.Concat(lines.Select(line => line.Text + "\n")));
        try
        {
            var delay = _random.NextDouble() * mostMilliseconds;
            var text = new StringBuilder();
            var error = process.StandardError.ReadToEndAsync();
            await ReadAsync(process, text, until: text => text.ToString().Contains('\n', StringComparison.Ordinal));
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed.TotalMilliseconds < delay) await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(1, delay)));
            ChainProgram.Kill(process);
            await ReadAsync(process, text, until: _ => false);
            await process.WaitForExitAsync();
            Assert.Equal("", await error);
            Assert.True(process.ExitCode != 0 || text.ToString().Count(c => c == '\n') == lines.Count, "it ended early");
            var wasWriting = File.Exists(Temporary);
            Take(lines, text.ToString());
            return wasWriting;
        }
        finally
        {
            ChainProgram.Kill(process);
            ChainProgram.Forget(process);
        }
    }

    /// <summary>Opens the wallet and looks for what was acknowledged: since the last time, or all of it.</summary>
    public void Check(bool all)
    {
        if (_all.Count == 0 && !File.Exists(Path)) return;
        using var random = System.Security.Cryptography.RandomNumberGenerator.Create();
        using var storage = WalletStorage.Load(Path, random, TimeSpan.FromSeconds(10));
        IsEncrypted = storage.IsEncrypted;
        Assert.True(IsEncrypted || !_mustBeEncrypted, "the encryption is gone");
        var isOpen = Open(storage, all);
        var book = new KeyBook(storage.Contents);
        for (var i = all ? 0 : _checked; i < _all.Count; i++)
        {
            var one = _all[i];
            Assert.True(storage.Contents.Book.TryGetValue(new ScriptBytes(one.Script), out var entry), $"{one.What}: the address is gone");
            Assert.True(entry!.Label == one.Label, $"{one.What}: its label is '{entry.Label}'");
            if (!one.IsOwn) continue;
            var own = book.Find(one.Script);
            Assert.True(own is { Kind: OwnKind.Spendable, Key: not null }, $"{one.What}: the key is gone");
            if (!isOpen) continue;
            var key = book.FindPrivateKey(own!.Key!.Hash, storage.Secrets!);
            Assert.True(own.Key.Equals(key?.PublicKey), $"{one.What}: the private key is not the address's");
        }

        if (isOpen) _checked = _all.Count;
    }

    /// <summary>The next save goes on as if nothing had happened, and leaves nothing of the killed ones.</summary>
    public async Task EndAsync()
    {
        var result = await Cli.ProcessWithInputAsync("getnewaddress last\n", "attach", "--node", "3000", "--datadir", _folder.Root);
        Assert.True(result.Status == 0, result.Error);
        _all.Add(new Acknowledged("getnewaddress last", ScriptOf(result.Output.Trim()), "last", IsOwn: true));
        Check(all: true);
        Assert.Empty(Directory.GetFiles(_folder.Root, "*" + AtomicFile.TemporarySuffix));
    }

    public void Dispose()
    {
        _cipher?.Dispose();
        _folder.Dispose();
    }

    private ProcessStartInfo Attach() => ChainProgram.Command(["attach", "--node", "3000", "--datadir", _folder.Root]);

    private List<Line> Lines(string? special)
    {
        var lines = new List<Line>();
        if (!File.Exists(Path)) lines.Add(new Line("createwallet \"\"", null));
        var at = special is null ? -1 : _random.Next(1, 4);
        for (var i = 0; i < LinesPerRound; i++)
        {
            if (i == at) lines.Add(Special(special!));
            else lines.Add(Ordinary(mayImport: !IsEncrypted && special is null));
        }

        return lines;
    }

    private Line Special(string method)
    {
        var next = $"passphrase-{_specials++}";
        var line = IsEncrypted ? $"{method} {_passphrases[^1]} {next}" : $"{method} {next}";
        _passphrases.Add(next);
        return new Line(line, null, IsSpecial: true);
    }

    private Line Ordinary(bool mayImport)
    {
        var label = $"label-{_labels++}";
        var key = Keys.Of(1_000_000 + _labels);
        return _random.Next(8) switch
        {
            0 => new Line($"setlabel {_chain.AddressOf(key)} {label}", Keys.ScriptOf(key), label),
            1 when mayImport => new Line($"importprivkey {key.ToWif(_chain.WifVersion)} {label} false", Keys.ScriptOf(key), label, IsOwn: true),
            var n => new Line($"getnewaddress {label} {Types[n % Types.Length]}", [], label, IsOwn: true),
        };
    }

    /// <summary>Takes the lines that were answered to the end.</summary>
    private void Take(List<Line> lines, string answers)
    {
        var answered = Answers(answers);
        for (var i = 0; i < answered.Count; i++)
        {
            var line = lines[i];
            if (line.Label is not null) _all.Add(new Acknowledged(line.Text, line.Script!.Length > 0 ? line.Script : ScriptOf(answered[i]), line.Label, line.IsOwn));
            else if (line.IsSpecial) TakeSpecial(line.Text);
        }
    }

    /// <summary>From now on it must be encrypted, and no earlier passphrase may open it.</summary>
    private void TakeSpecial(string text)
    {
        _mustBeEncrypted = true;
        _passphrases.RemoveRange(0, _passphrases.Count - 1);
        if (text.StartsWith("walletpassphrasechange", StringComparison.Ordinal)) PassphraseChanges++;
    }

    /// <summary>One answer a line, but objects, which take several.</summary>
    private static List<string> Answers(string text)
    {
        var answers = new List<string>();
        var isInside = false;
        foreach (var line in text.Split('\n')[..^1])
        {
            isInside = line == "{" || (isInside && line != "}");
            if (!isInside) answers.Add(line);
        }

        return answers;
    }

    /// <summary>Makes sure that the newest passphrase that the wallet may have opens it; whether its private keys can be seen now.</summary>
    private bool Open(WalletStorage storage, bool all)
    {
        if (storage.Seal is not { } seal) return true;
        if (!all && _cipher is not null && _cipher.Salt.AsSpan().SequenceEqual(seal.Salt))
        {
            Assert.True(storage.Fits(_cipher), "the encrypted keys are not those that were encrypted");
            Assert.Contains(_passphrase, _passphrases);
            Settle(_passphrase);
            return false;
        }

        // A change of the passphrase that was not acknowledged may have been made or not.
        foreach (var passphrase in _passphrases.AsEnumerable().Reverse())
        {
            if (!storage.TryUnlock(AttackedWallet.CipherOf(seal, passphrase))) continue;
            Settle(passphrase);
            _cipher?.Dispose();
            _cipher = AttackedWallet.CipherOf(seal, passphrase);
            return true;
        }

        throw new Xunit.Sdk.XunitException("no passphrase opens the wallet");
    }

    /// <summary>The wallet has this passphrase: later ones did not come to be.</summary>
    private void Settle(string passphrase)
    {
        _passphrase = passphrase;
        var next = _passphrases.IndexOf(passphrase) + 1;
        _passphrases.RemoveRange(next, _passphrases.Count - next);
    }

    private byte[] ScriptOf(string address)
    {
        Assert.Equal(AddressError.None, Address.TryParse(address, _chain.AddressFormat, out var parsed));
        return StandardScripts.PayTo(parsed);
    }

    private static async Task ReadAsync(Process process, StringBuilder text, Func<StringBuilder, bool> until)
    {
        var buffer = new char[4096];
        using var patience = new CancellationTokenSource(Eventually.Patience);
        while (!until(text))
        {
            var count = await process.StandardOutput.ReadAsync(buffer, patience.Token);
            if (count == 0) return;
            text.Append(buffer, 0, count);
        }
    }

    /// <summary>A line and what it does: the script is known beforehand, or empty where the answer tells the address.</summary>
    private sealed record Line(string Text, byte[]? Script, string? Label = null, bool IsOwn = false, bool IsSpecial = false);

    private sealed record Acknowledged(string What, byte[] Script, string Label, bool IsOwn);
}
