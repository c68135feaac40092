using System.Net;
using Chain.Node.Commands;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State.Storage;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>The short way to a balance says the same as the long one, or nothing.</summary>
public sealed class QuickBalanceTests : IClassFixture<CommandWorld>
{
    private readonly CommandWorld _world;

    public QuickBalanceTests(CommandWorld world) => _world = world;

    [Fact]
    public async Task NoNode_TheShortWayAnswersAsTheLongOne()
    {
        using var folder = _world.Copy();
        foreach (var address in new[] { _world.Own, _world.Locked, _world.Stranger }) await AssertSameAsync(true, "getbalance", "--address", address, "--datadir", folder.Root);
        await AssertSameAsync(true, "getbalance", "--datadir", folder.Root, "--node", "3000", "--address", _world.Own);
    }

    [Fact]
    public async Task YoungRewards_AreToldToo()
    {
        using var folder = new DataFolder();
        folder.Write("slow.json", """{"powLimit": "207fffff", "coinbaseMaturity": 3}""");
        var own = (await Cli.DoAsync("createwallet", "--datadir", folder.Root)).LastWord.Trim();
        await Cli.DoAsync("createblockchain", "--address", own, "--params", folder.PathOf("slow.json"), "--datadir", folder.Root);
        for (var blocks = 1; blocks < 5; blocks++)
        {
            var said = await AssertSameAsync(true, "getbalance", "--address", own, "--datadir", folder.Root);
            Assert.Contains("cannot be spent yet", said.Error, StringComparison.Ordinal);
            await Cli.DoAsync("mine", "1", "--datadir", folder.Root);
        }
    }

    [Fact]
    public async Task NodeRunning_ItIsAsked()
    {
        using var folder = new DataFolder();
        var p = FreshChain.Create();
        p.WriteTo(folder.Root);
        await using var node = await HostedNode.StartAsync(folder, p);
        var miner = p.AddressOf(Keys.Miner);
        await AssertSameAsync(true, "getbalance", "--address", miner, "--datadir", folder.Root);
        _ = await node.CallAsync("generatetoaddress", 2, miner);
        Assert.Contains(": 30", (await AssertSameAsync(true, "getbalance", "--address", miner, "--datadir", folder.Root)).Output, StringComparison.Ordinal);
    }

    /// <summary>What waits is part of the wallet's amounts; what it watches, and a wallet that is no more there, are left to the long way.</summary>
    [Fact]
    public async Task Wallet_OfANode_TheSameUnlessThereIsMoreToSay()
    {
        using var folder = new DataFolder();
        var p = FreshChain.Create();
        p.WriteTo(folder.Root);
        var own = (await Cli.DoAsync("createwallet", "--datadir", folder.Root)).LastWord.Trim();
        await using var node = await HostedNode.StartAsync(folder, p);
        await AssertSameAsync(true, "getbalance", "--datadir", folder.Root);
        _ = await node.CallAsync("generatetoaddress", 1, own);
        await AssertSameAsync(true, "getbalance", "--datadir", folder.Root);
        _ = await Cli.DoAsync("send", "--from", own, "--to", p.AddressOf(Keys.Bob), "--amount", "1", "--datadir", folder.Root);
        var waits = await AssertSameAsync(true, "getbalance", "--datadir", folder.Root);
        Assert.Matches("^Confirmed +[0-9.]+", waits.Output);
        _ = await node.CallAsync("importaddress", p.AddressOf(Keys.Bob), "watched", true);
        var watched = await AssertSameAsync(false, "getbalance", "--datadir", folder.Root);
        Assert.Contains("Watched, confirmed", watched.Output, StringComparison.Ordinal);
    }

    /// <summary>
    /// Without a node the short way says what the wallet left when it was closed: only while wallet, chain and pool are what they
    /// were then.
    /// </summary>
    [Fact]
    public async Task Wallet_WithoutANode_WhatItLeftCountsUntilSomethingChanges()
    {
        using var folder = new DataFolder();
        folder.Write("slow.json", """{"powLimit": "207fffff", "coinbaseMaturity": 2, "subsidy": 2.5}""");
        var own = (await Cli.DoAsync("createwallet", "--datadir", folder.Root)).LastWord.Trim();
        await Cli.DoAsync("createblockchain", "--address", own, "--params", folder.PathOf("slow.json"), "--datadir", folder.Root);
        async Task ChangedAsync(bool wasWalletOpen, string amounts)
        {
            await AssertSameAsync(wasWalletOpen, "getbalance", "--datadir", folder.Root);
            var said = await AssertSameAsync(true, "getbalance", "--datadir", folder.Root);
            Assert.Equal(amounts, string.Join(' ', said.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where((_, i) => i % 2 == 1)));
        }

        await ChangedAsync(false, "0 0 2.5");
        await Cli.DoAsync("mine", "2", "--datadir", folder.Root);
        await ChangedAsync(true, "5 0 2.5");
        File.Copy(folder.PathOf("Wallets_3000.dat"), folder.PathOf("earlier"));
        var second = (await Cli.DoAsync("createwallet", "--datadir", folder.Root)).LastWord.Trim();
        await ChangedAsync(true, "5 0 2.5");

        // Another wallet lies there, which nobody has opened with this chain.
        File.Move(folder.PathOf("Wallets_3000.dat"), folder.PathOf("later"));
        File.Copy(folder.PathOf("earlier"), folder.PathOf("Wallets_3000.dat"));
        await ChangedAsync(false, "5 0 2.5");
        File.Move(folder.PathOf("later"), folder.PathOf("Wallets_3000.dat"), overwrite: true);
        await ChangedAsync(false, "5 0 2.5");
    }

    /// <summary>What was left is not taken where another wallet would be meant, the configuration may say otherwise, or more is to be told.</summary>
    [Theory]
    [InlineData("chain.conf", "keypool=5\n")]
    [InlineData("Wallets_3000.startup", "second\n")]
    public async Task Wallet_WithoutANode_WhatMayChangeTheAnswer_IsLeftToTheLongWay(string file, string text)
    {
        using var folder = _world.Copy();
        await Cli.DoAsync("getbalance", "--datadir", folder.Root);
        await AssertSameAsync(true, "getbalance", "--datadir", folder.Root);
        folder.Write(file, text);
        await AssertSameAsync(false, "getbalance", "--datadir", folder.Root);
    }

    [Fact]
    public async Task Wallet_Damaged_IsLeftToTheLongWay()
    {
        using var folder = _world.Copy();
        string[] line = ["getbalance", "--datadir", folder.Root];
        await Cli.DoAsync(line);
        var right = Try(line);
        Assert.True(right.IsAnswered);
        foreach (var (name, tail) in new[] { ("Wallets_3000.dat", int.MaxValue), ("Wallets_3000.dat" + WalletLog.Suffix, 89) })
        {
            var whole = await File.ReadAllBytesAsync(folder.PathOf(name));
            for (var i = Math.Max(0, whole.Length - tail); i < whole.Length; i++)
            {
                var damaged = whole.ToArray();
                damaged[i] ^= (byte)(1 << (i % 8));
                await File.WriteAllBytesAsync(folder.PathOf(name), damaged);
                Assert.False(Try(line).IsAnswered, $"byte {i} of {name}");
            }

            await File.WriteAllBytesAsync(folder.PathOf(name), whole[..^1]);
            Assert.False(Try(line).IsAnswered);
            await File.WriteAllBytesAsync(folder.PathOf(name), whole);
            Assert.Equal(right, Try(line));
        }
    }

    [Theory]
    [InlineData("getbalance", "--address")]
    [InlineData("getbalance", "--address", "OWN", "--json")]
    [InlineData("getbalance", "--address", "OWN", "--address", "OWN")]
    [InlineData("getbalance", "--address", "OWN", "--quiet", "true")]
    [InlineData("getbalance", "--address", "a label")]
    [InlineData("getbalance", "--address", "MISTYPED")]
    [InlineData("getbalance", "--address", "FOREIGN")]
    [InlineData("getbalance", "--address", "OWN", "--node", "no number")]
    [InlineData("getbalance", "--address", "OWN", "--node", "3002")]
    [InlineData("getbalance", "--address", "OWN", "extra")]
    [InlineData("getbalance", "--address=OWN")]
    [InlineData("printchain", "--address", "OWN")]
    public void WhateverIsNotPlain_IsLeftToTheLongWay(params string[] arguments)
    {
        using var folder = _world.Copy();
        string[] all = [.. arguments.Select(Named), .. arguments is [.., "--address"] ? Array.Empty<string>() : ["--datadir", folder.Root]];
        Assert.False(Try(all).IsAnswered);
    }

    [Fact]
    public async Task WaitingTransaction_IsLeftToTheLongWay()
    {
        using var folder = new DataFolder();
        var p = FreshChain.Create();
        p.WriteTo(folder.Root);
        var own = (await Cli.DoAsync("createwallet", "--datadir", folder.Root)).LastWord.Trim();
        await using (var node = await HostedNode.StartAsync(folder, p))
        {
            _ = await node.CallAsync("generatetoaddress", 1, own);
            _ = await Cli.DoAsync("send", "--from", own, "--to", p.AddressOf(Keys.Bob), "--amount", "1", "--datadir", folder.Root);
            await AssertSameAsync(false, "getbalance", "--address", own, "--datadir", folder.Root);
        }

        var after = await AssertSameAsync(false, "getbalance", "--address", own, "--datadir", folder.Root);
        Assert.Contains("is being spent by waiting transactions", after.Error, StringComparison.Ordinal);
        for (var i = 0; i < 2; i++) await AssertSameAsync(false, "getbalance", "--datadir", folder.Root);
    }

    [Fact]
    public async Task CoinsThatAreNotAtTheLastBlock_AreLeftToTheLongWay()
    {
        using var folder = _world.Copy();
        var path = folder.PathOf("blockchain_3000.db");
        using (var database = ChainDatabase.Open(path)) database.WriteFact("coins at", database.ReadHeaders().First().Header.Hash.Hash.ToByteArray());
        await AssertSameAsync(false, "getbalance", "--address", _world.Own, "--datadir", folder.Root);
        await AssertSameAsync(true, "getbalance", "--address", _world.Own, "--datadir", folder.Root);
    }

    [Fact]
    public async Task StaleBranch_IsLeftToTheLongWay()
    {
        using var folder = _world.Copy();
        await Cli.DoAsync("reorg", "1", "--datadir", folder.Root);
        await AssertSameAsync(false, "getbalance", "--address", _world.Own, "--datadir", folder.Root);
    }

    [Fact]
    public async Task Configuration_IsLeftToTheLongWay()
    {
        using var folder = _world.Copy();
        folder.Write("chain.conf", "persistmempool=0\n");
        await AssertSameAsync(false, "getbalance", "--address", _world.Own, "--datadir", folder.Root);
    }

    [Fact]
    public async Task DeadNodesNote_IsLeftToTheLongWay()
    {
        using var folder = _world.Copy();
        folder.Write("blockchain_3000.db.owner", $"{Environment.ProcessId} {FreePorts.Next()}\n");
        await AssertSameAsync(false, "getbalance", "--address", _world.Own, "--datadir", folder.Root);
    }

    [Fact]
    public async Task DamagedBytes_GiveTheSameOrNothing()
    {
        using var folder = _world.Copy();
        var path = folder.PathOf("blockchain_3000.db");
        var whole = await File.ReadAllBytesAsync(path);
        var right = Try(["getbalance", "--address", _world.Own, "--datadir", folder.Root]);
        Assert.True(right.IsAnswered);
        var refused = 0;
        for (var i = 0; i < 300; i++)
        {
            var damaged = whole.ToArray();
            damaged[i * (long)whole.Length / 300 + (i * 7919 % (whole.Length / 300))] ^= (byte)(1 << (i % 8));
            await File.WriteAllBytesAsync(path, damaged);
            foreach (var left in (string[])["-wal", "-shm"]) File.Delete(path + left);
            var answer = Try(["getbalance", "--address", _world.Own, "--datadir", folder.Root]);
            if (!answer.IsAnswered) refused++;
            else Assert.Equal(right, answer);
        }

        Assert.InRange(refused, 1, 300);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nServer: x\r\n\r\nbody", 200, "body")]
    [InlineData("HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\nbody", 401, "bo")]
    [InlineData("HTTP/1.0 500\r\nContent-Length: 0\r\n\r\n", 500, "")]
    public void Parse_TakesAnAnswerApart(string text, int status, string body) =>
        Assert.Equal(((HttpStatusCode)status, body), SmallHttp.Parse(System.Text.Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbody")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nbody")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nbody")]
    [InlineData("HTTP/2 200 OK\r\n\r\nbody")]
    [InlineData("HTTP/1.1\r\n\r\nbody")]
    [InlineData("HTTP/1.1 abc OK\r\n\r\nbody")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    public void Parse_WhatIsNoWholeAnswer_IsNull(string text) => Assert.Null(SmallHttp.Parse(System.Text.Encoding.UTF8.GetBytes(text)));

    private string Named(string word) => word.Replace("OWN", _world.Own, StringComparison.Ordinal)
        .Replace("MISTYPED", _world.Mistyped, StringComparison.Ordinal).Replace("FOREIGN", _world.Foreign, StringComparison.Ordinal);

    /// <summary>Asks both ways; the short one answers or not, as expected, and never otherwise than the long one. Gives what the long one says.</summary>
    private static async Task<CliResult> AssertSameAsync(bool isAnswered, params string[] arguments)
    {
        var quick = Try(arguments);
        Assert.Equal(isAnswered, quick.IsAnswered);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var status = await Cli.InTurnAsync(_ => CommandLine.RunAsync(arguments, new CommandConsole(output, error, TextReader.Null, TimeProvider.System), CancellationToken.None));
        var full = new CliResult(await status, output.ToString(), error.ToString());
        Assert.Equal(0, full.Status);
        if (isAnswered) Assert.Equal((full.Output, full.Error), (quick.Output, quick.Error));
        return full;
    }

    private static (bool IsAnswered, string Output, string Error) Try(string[] arguments) =>
        QuickBalance.Find(arguments, Eventually.Patience) is var (data, words) ? (true, data + Environment.NewLine, words is null ? "" : words + Environment.NewLine) : (false, "", "");
}
