using System.CommandLine;
using System.Diagnostics;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>Each command in a pseudo-terminal and in a pipe: the same status, and the same data behind the colours.</summary>
public sealed partial class PseudoTerminalTests : IClassFixture<CommandWorld>
{
    /// <summary>What prepares a terminal for keys, which only who reads keys may write.</summary>
    private const string ForKeys = "\x1b[?1h";

    private readonly CommandWorld _world;

    public PseudoTerminalTests(CommandWorld world) => _world = world;

    public static TheoryData<string, string> Lines => new()
    {
        { "--help", "createwallet" },
        { "help send", "--dry-run" },
        { "createwallet", "Your new address: " },
        { "listaddresses", "OWN" },
        { "getbalance", "Confirmed" },
        { "getbalance --address OWN", "Balance of 'OWN': " },
        { "send --from OWN --to STRANGER --amount 1 --mine", "Mined in block " },
        { "send --from OWN --to STRANGER --amount 1 --dry-run", "Would send" },
        { "printchain", "============ Block " },
        { "printchain --tree", "*" },
        { "reindexutxo", "no difference" },
        { "mine 3", "Mined 3 blocks" },
        { "rpc getblockcount", "1" },
        { "reorg 1", "Reorganised above block 0" },
        { "faucet STRANGER 1", "got 1 from OWN" },
        { "miner status", "only a running one mines by itself" },
        { "show tip", "Height" },
        { "show block 1", "OWN" },
        { "show address OWN", "Confirmations" },
        { "show utxo", "Unspent outputs" },
        { "show mempool", "No transaction waits." },
        { "doctor", "libsecp256k1" },
        { "wallet info", "Private keys" },
        { "wallet history", "send" },
        { "wallet label STRANGER bob", "'bob' is" },
        { "wallet rescan", "Looked through blocks 0 to 1." },
        { "wallet verify OWN xx hello", "Malformed" },
        { "reorg 1", "Reorganised" },
        { "snapshot save one", "Saved one" },
        { "snapshot list", "No snapshot" },
        { "net status", "chain net up" },
        { "miner status", "No node 3000 is running" },
        { "stop", "No node 3000 is running" },
        { "createblockchain --address OWN", "holds a chain already" },
        { "init regtest", "holds another chain already" },
        { "completions bash", "complete -o default" },
        { "getbalance --address nonsense", "is not an address" },
        { "show peers", "No node is running" },
        { "show tx 00", "00" },
        { "miner start", "No node 3000 is running" },
        { "miner stop", "No node 3000 is running" },
        { "wallet backup FOLDER/copy.dat", "copy.dat" },
        { "wallet restore FOLDER/Wallets_3001.dat --wallet old", "Restored the wallet 'old' from" },
        { "wallet export", "prv" },
        { "wallet import FOLDER/none.txt", "There is no file" },
        { "wallet watch STRANGER", "The wallet watches STRANGER from now on." },
        { "wallet encrypt --passphrase-file FOLDER/secret.txt", "The wallet is encrypted." },
        { "wallet passphrase --node 3001 --passphrase-file FOLDER/secret.txt --new-passphrase-file FOLDER/wrong.txt", "The wallet has its new passphrase." },
        { "wallet unlock", "only a running one keeps a wallet unlocked" },
        { "wallet lock", "unencrypted wallet" },
        { "wallet sign OWN hello", "=" },
        { "wallet bump 00", "00" },
        { "snapshot restore one", "There is no snapshot one" },
        { "snapshot delete one", "There is no snapshot one" },
        { "net down", "chain net up" },
        { "net logs", "chain net up" },
        { "net partition 3000/3001", "chain net up" },
        { "net heal", "chain net up" },
        { "net delay 3000 1s", "chain net up" },
    };

    /// <summary>What waits for keys.</summary>
    public static TheoryData<string, string> Prompts => new()
    {
        { "wallet encrypt", "New passphrase: " },
        { "send --node 3001 --from LOCKED --to OWN --amount 1", "Passphrase: " },
        { "attach", "chain> " },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Command_InATerminalAndInAPipe_TheSameStatusAndData(string line, string expected)
    {
        using var folder = _world.Copy();
        using var second = _world.Copy();
        expected = expected.Replace("OWN", _world.Own, StringComparison.Ordinal).Replace("STRANGER", _world.Stranger, StringComparison.Ordinal);
        var piped = await Cli.ProcessAsync(Arguments(folder, line));
        var (status, shown) = await InTerminalAsync(Arguments(second, line));
        Assert.Equal(piped.Status, status);
        Assert.Contains(expected, piped.Output + piped.Error, StringComparison.Ordinal);
        Assert.Contains(expected, shown, StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', piped.Output + piped.Error);
        Assert.DoesNotContain(ForKeys, shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_InATerminal_ColourUnlessItIsNotWanted()
    {
        using var folder = _world.Copy();
        string[] line = ["show", "tip", "--datadir", folder.Root];
        Assert.Contains("\x1b[", (await InTerminalAsync(line)).Shown, StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', (await InTerminalAsync([.. line, "--no-color"])).Shown);
        Assert.DoesNotContain('\x1b', (await InTerminalAsync([.. line, "--json"])).Shown);
        Assert.DoesNotContain('\x1b', (await InTerminalAsync(line, ("NO_COLOR", "1"))).Shown);
        Assert.DoesNotContain('\x1b', (await InTerminalAsync(["wallet", "history", "--datadir", folder.Root], ("NO_COLOR", "1"))).Shown);
    }

    /// <summary>What is told while a bar is shown stands above it, each line at its own.</summary>
    [Fact]
    public async Task LongWork_WithVerbose_LinesStandAboveTheBar()
    {
        using var folder = _world.Copy();
        var (status, shown) = await InTerminalAsync(["mine", "300", "-v", "--datadir", folder.Root]);
        Assert.Equal(0, status);
        var told = Sequences().Replace(shown, "").Split('\n').Where(line => line.Contains("database: generatetoaddress", StringComparison.Ordinal)).ToList();
        Assert.Equal(300, told.Count);
        Assert.All(told, line => Assert.True(line[..line.IndexOf("database: ", StringComparison.Ordinal)] is "" or [.., '\r'], line));
    }

    /// <summary>On a terminal it is drawn in one place, and is gone in the end, with the cursor back; elsewhere it is lines, or nothing where that is soon done.</summary>
    [Fact]
    public async Task LongWork_InATerminal_ShowsABar()
    {
        using var folder = _world.Copy();
        var (status, shown) = await InTerminalAsync(["mine", "1000", "--datadir", folder.Root]);
        Assert.Equal(0, status);
        Assert.Contains("mining", shown, StringComparison.Ordinal);
        Assert.Contains("━━━", shown, StringComparison.Ordinal);
        Assert.True(shown.LastIndexOf("\x1b[?25h", StringComparison.Ordinal) > shown.LastIndexOf("\x1b[?25l", StringComparison.Ordinal));
        var piped = await Cli.ProcessAsync("mine", "10", "--datadir", folder.Root);
        Assert.DoesNotContain("━", piped.Output + piped.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Prompts))]
    public async Task Prompt_CtrlC_Status130(string line, string prompt)
    {
        using var folder = _world.Copy();
        using var terminal = TerminalProcess.Start(Arguments(folder, line));
        Assert.True(await terminal.WaitForAsync(prompt), prompt);
        await terminal.TypeAsync(TerminalProcess.CtrlC);
        Assert.Equal(130, (await terminal.WaitForEndAsync()).Status);
    }

    /// <summary>Who ends the input at a prompt changes nothing; whoever gives none at all is told how to.</summary>
    [Theory]
    [InlineData("wallet encrypt", "New passphrase: ", 14, "Nothing was typed, and nothing was changed.", 13)]
    [InlineData("send --node 3001 --from LOCKED --to OWN --amount 1", "Passphrase: ", 14, "Nothing was typed, and nothing was changed.", 13)]
    [InlineData("wallet import", "Private key: ", 14, "Nothing was typed, and nothing was changed.", 13)]
    [InlineData("attach", "chain> ", 0, "", 0)]
    public async Task Prompt_EndOfInput(string line, string prompt, int status, string told, int pipedStatus)
    {
        using var folder = _world.Copy();
        await Cli.DoAsync("rpc", "getwalletinfo", "--node", "3001", "--datadir", folder.Root);
        var before = folder.Snapshot(withLocks: false);
        using (var terminal = TerminalProcess.Start(Arguments(folder, line)))
        {
            Assert.True(await terminal.WaitForAsync(prompt), prompt);
            await terminal.TypeAsync(TerminalProcess.CtrlD);
            var ended = await terminal.WaitForEndAsync();
            Assert.Equal(status, ended.Status);
            Assert.Contains(told, ended.Shown, StringComparison.Ordinal);
        }

        // Before anybody asks, too.
        var early = await InTerminalAsync(Arguments(folder, line));
        Assert.Equal(status, early.Status);
        Assert.Contains(told, early.Shown, StringComparison.Ordinal);

        var piped = await Cli.ProcessAsync(Arguments(folder, line));
        Assert.Equal((pipedStatus, ""), (piped.Status, piped.Output));
        if (pipedStatus != 0) Assert.Contains("stdin", piped.Error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
        Assert.Equal(before, folder.Snapshot(withLocks: false));
    }

    /// <summary>Advice is about what the person did: who types has no file.</summary>
    [Fact]
    public async Task Prompt_WrongPassphrase_IsTypedAnew()
    {
        using var folder = _world.Copy();
        using var terminal = TerminalProcess.Start(Arguments(folder, "wallet export --node 3001"));
        Assert.True(await terminal.WaitForAsync("Passphrase: "), "it asks");
        await terminal.TypeAsync("incorrect horse\r");
        var (status, shown) = await terminal.WaitForEndAsync();
        Assert.Equal(14, status);
        Assert.Contains($"The passphrase does not open the wallet {folder.PathOf("Wallets_3001.dat")}. Nothing was changed. Call the command again to type it anew", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("--passphrase-file", shown, StringComparison.Ordinal);
    }

    /// <summary>As long as a person types, a node may start.</summary>
    [Theory]
    [InlineData("send --node 3001 --from LOCKED --to OWN --amount 1")]
    [InlineData("faucet OWN 1 --node 3001")]
    [InlineData("createwallet --node 3001")]
    [InlineData("wallet sign LOCKED hello --node 3001")]
    public async Task Prompt_WithoutANode_TheDatabaseIsFree(string line)
    {
        using var folder = _world.Copy();
        await Cli.DoAsync("rpc", "getblockcount", "--node", "3001", "--datadir", folder.Root);
        using var terminal = TerminalProcess.Start(Arguments(folder, line));
        Assert.True(await terminal.WaitForAsync("Passphrase: "), line);
        using (var held = Chain.State.Storage.DatabaseLock.TryTake(folder.PathOf("blockchain_3001.db"), Environment.ProcessId, httpPort: 0)) Assert.NotNull(held);
        await terminal.TypeAsync(CommandWorld.Passphrase + "\r");
        var (_, shown) = await terminal.WaitForEndAsync();
        Assert.Equal(shown.IndexOf("Passphrase: ", StringComparison.Ordinal), shown.LastIndexOf("Passphrase: ", StringComparison.Ordinal));
        Assert.DoesNotContain("encrypted", shown, StringComparison.Ordinal);
    }

    /// <summary>What cannot be read is no bug.</summary>
    [Fact]
    public async Task PassphraseFromAFolder_SaysWhatIsWrong()
    {
        using var folder = _world.Copy();
        var program = TerminalProcess.LineOf(Arguments(folder, "wallet encrypt"));
        using var terminal = TerminalProcess.StartLine($"{program} < /");
        var (status, shown) = await terminal.WaitForEndAsync();
        Assert.Equal(1, status);
        Assert.DoesNotContain("bug", shown, StringComparison.Ordinal);
        Assert.Contains("irectory", shown, StringComparison.Ordinal);
    }

    /// <summary>Where --timeout or SIGTERM ends it while it waits for a person, the terminal shows again what is typed.</summary>
    [Theory]
    [InlineData("wallet encrypt", "New passphrase: ", false)]
    [InlineData("wallet encrypt", "New passphrase: ", true)]
    [InlineData("attach", "chain> ", false)]
    [InlineData("attach", "chain> ", true)]
    public async Task Prompt_EndedFromOutside_LeavesTheTerminalAsItWas(string line, string prompt, bool bySignal)
    {
        using var folder = _world.Copy();
        var program = TerminalProcess.LineOf([.. Arguments(folder, line), .. bySignal ? Array.Empty<string>() : ["--timeout", "6"]]);
        var path = folder.PathOf("pid");
        var script = $"{program} & echo $! > '{path}'; fg %1; echo \"status $?\"; stty -a";
        using var terminal = TerminalProcess.StartLine($"bash -mc {TerminalProcess.Quote(script)}");
        Assert.True(await terminal.WaitForAsync(prompt), prompt);
        if (bySignal)
        {
            using var command = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(path), System.Globalization.CultureInfo.InvariantCulture));
            ChainProgram.Terminate(command);
        }

        var (_, shown) = await terminal.WaitForEndAsync();
        Assert.Contains($"status {(bySignal ? 143 : 124)}", shown, StringComparison.Ordinal);
        Assert.Contains(" echo ", shown, StringComparison.Ordinal);
        Assert.Contains(" icanon ", shown, StringComparison.Ordinal);
        Assert.Contains(" isig ", shown.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    /// <summary>A pipe that stays open and says nothing is a wait like any other.</summary>
    [Fact]
    public async Task PassphraseFromAPipe_Terminated_Status143()
    {
        using var folder = _world.Copy();
        var process = ChainProgram.StartOpen(ChainProgram.Command([.. Arguments(folder, "wallet encrypt"), "--timeout", "60"]));
        try
        {
            using var patience = new CancellationTokenSource(Eventually.Patience);
            await Eventually.TrueAsync(() => File.Exists(folder.PathOf("blockchain_3000.db.owner")), () => "it has begun");
            ChainProgram.Terminate(process);
            await process.WaitForExitAsync(patience.Token);
            Assert.Equal(143, process.ExitCode);
        }
        finally
        {
            ChainProgram.Kill(process);
            ChainProgram.Forget(process);
        }
    }

    /// <summary>A command that nobody thought of here would be tried in no terminal.</summary>
    [Fact]
    public async Task EveryCommand_IsTriedInATerminal()
    {
        var tried = Lines.Concat(Prompts).Select(row => (string)row[0]).Concat(RunningTerminalTests.Lines).ToList();
        var all = await Cli.InTurnAsync(root => root.Subcommands.SelectMany(command => Leaves("", command)).ToList());
        Assert.True(all.Count > 50, $"{all.Count} commands");
        Assert.Equal("", string.Join(", ", all.Where(name => !tried.Any(line => line == name || line.StartsWith(name + " ", StringComparison.Ordinal)))));
    }

    private static IEnumerable<string> Leaves(string path, Command command) => command.Subcommands.Count == 0
        ? [path + command.Name]
        : command.Subcommands.SelectMany(below => Leaves($"{path}{command.Name} ", below));

    [System.Text.RegularExpressions.GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")]
    private static partial System.Text.RegularExpressions.Regex Sequences();

    private static async Task<(int Status, string Shown)> InTerminalAsync(string[] arguments, params (string Name, string Value)[] variables)
    {
        using var terminal = TerminalProcess.Start(arguments, variables);
        terminal.CloseKeys();
        return await terminal.WaitForEndAsync();
    }

    private string[] Arguments(DataFolder folder, string line)
    {
        var words = line.Replace("OWN", _world.Own, StringComparison.Ordinal).Replace("STRANGER", _world.Stranger, StringComparison.Ordinal)
            .Replace("LOCKED", _world.Locked, StringComparison.Ordinal).Replace("FOLDER", folder.Root, StringComparison.Ordinal).Split(' ').ToList();
        words.AddRange(["--datadir", folder.Root]);
        return [.. words];
    }
}
