using System.Diagnostics;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>Each command in a pseudo-terminal and in a pipe: the same status, and the same data behind the colours.</summary>
public sealed class PseudoTerminalTests : IClassFixture<CommandWorld>
{
    private readonly CommandWorld _world;

    public PseudoTerminalTests(CommandWorld world) => _world = world;

    public static TheoryData<string, string> Lines => new()
    {
        { "--help", "createwallet" },
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
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Command_InATerminalAndInAPipe_TheSameStatusAndData(string line, string expected)
    {
        using var folder = _world.Copy();
        using var second = _world.Copy();
        expected = expected.Replace("OWN", _world.Own, StringComparison.Ordinal);
        var piped = await Cli.ProcessAsync(Arguments(folder, line));
        var (status, shown) = await InTerminalAsync(Arguments(second, line));
        Assert.Equal(piped.Status, status);
        Assert.Contains(expected, piped.Output + piped.Error, StringComparison.Ordinal);
        Assert.Contains(expected, shown, StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', piped.Output + piped.Error);
    }

    [Fact]
    public async Task Command_InATerminal_ColourUnlessItIsNotWanted()
    {
        using var folder = _world.Copy();
        string[] line = ["show", "tip", "--datadir", folder.Root];
        Assert.Contains("\x1b[", (await InTerminalAsync(line)).Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("\x1b[38", (await InTerminalAsync([.. line, "--no-color"])).Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("\x1b[38", (await InTerminalAsync(line, null, ("NO_COLOR", "1"))).Shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wallet encrypt", "New passphrase: ")]
    [InlineData("send --node 3001 --from LOCKED --to OWN --amount 1", "Passphrase: ")]
    [InlineData("attach", "chain> ")]
    public async Task Prompt_CtrlC_Status130(string line, string prompt)
    {
        using var folder = _world.Copy();
        Assert.Equal(130, (await InTerminalAsync(Arguments(folder, line), (prompt, "\x03"))).Status);
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
        var program = Quoted(ChainProgram.Command([.. Arguments(folder, line), .. bySignal ? Array.Empty<string>() : ["--timeout", "1.5"]]));
        var path = folder.PathOf("pid");
        var script = $"{program} & echo $! > '{path}'; fg %1; echo \"status $?\"; stty -a";
        var process = ChainProgram.StartOpen(Script($"bash -mc {Quote(script)}"));
        try
        {
            using var patience = new CancellationTokenSource(Eventually.Patience);
            var before = await TypeAsync(process, prompt, "", patience.Token);
            if (bySignal)
            {
                using var command = Process.GetProcessById(int.Parse(File.ReadAllText(path), System.Globalization.CultureInfo.InvariantCulture));
                ChainProgram.Terminate(command);
            }

            var shown = before + await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.Contains($"status {(bySignal ? 143 : 124)}", shown, StringComparison.Ordinal);
            Assert.Contains(" echo ", shown, StringComparison.Ordinal);
            Assert.Contains(" icanon ", shown, StringComparison.Ordinal);
            Assert.Contains(" isig ", shown.ReplaceLineEndings(" "), StringComparison.Ordinal);
        }
        finally
        {
            ChainProgram.Kill(process);
            ChainProgram.Forget(process);
        }
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

    /// <summary>script(1) gives a program a terminal of its own.</summary>
    private static async Task<(int Status, string Shown)> InTerminalAsync(string[] arguments, (string After, string Keys)? typed = null, params (string Name, string Value)[] variables)
    {
        var start = Script(Quoted(ChainProgram.Command(arguments)));
        foreach (var (name, value) in variables) start.Environment[name] = value;
        var process = typed is null ? ChainProgram.Start(start) : ChainProgram.StartOpen(start);
        try
        {
            using var patience = new CancellationTokenSource(Eventually.Patience);
            var before = typed is var (after, keys) ? await TypeAsync(process, after, keys, patience.Token) : "";
            var shown = process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, before + await shown);
        }
        finally
        {
            ChainProgram.Kill(process);
            ChainProgram.Forget(process);
        }
    }

    private static ProcessStartInfo Script(string commandLine)
    {
        var start = new ProcessStartInfo("script") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in new[] { "-qefc", commandLine, "/dev/null" }) start.ArgumentList.Add(word);
        start.Environment.Remove("NODE_ID");
        start.Environment.Remove("CHAIN_DATADIR");
        start.Environment.Remove("NO_COLOR");
        start.Environment["TERM"] = "xterm-256color";
        return start;
    }

    private static string Quoted(ProcessStartInfo command) => string.Join(' ', command.ArgumentList.Prepend(command.FileName).Select(Quote));

    private static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>Presses keys once a text stands on the screen; gives what stood there until then.</summary>
    private static async Task<string> TypeAsync(Process process, string after, string keys, CancellationToken cancellationToken)
    {
        var shown = new System.Text.StringBuilder();
        var buffer = new char[256];
        while (!shown.ToString().Contains(after, StringComparison.Ordinal) && await process.StandardOutput.ReadAsync(buffer, cancellationToken) is > 0 and var count) shown.Append(buffer, 0, count);
        await process.StandardInput.WriteAsync(keys);
        await process.StandardInput.FlushAsync(cancellationToken);
        return shown.ToString();
    }

    private string[] Arguments(DataFolder folder, string line)
    {
        var words = line.Replace("OWN", _world.Own, StringComparison.Ordinal).Replace("STRANGER", _world.Stranger, StringComparison.Ordinal).Replace("LOCKED", _world.Locked, StringComparison.Ordinal).Split(' ').ToList();
        words.AddRange(["--datadir", folder.Root]);
        return [.. words];
    }
}
