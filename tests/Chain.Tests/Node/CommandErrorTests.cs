using System.Net;
using System.Net.Sockets;
using Chain.Core.Consensus;
using Chain.State.Storage;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>
/// Every command with input that makes no sense, or in a folder where something is wrong: one line on stderr, a status of
/// its own, nothing on stdout, and the folder byte for byte as it was.
/// </summary>
public sealed class CommandErrorTests : IClassFixture<CommandWorld>
{
    private const int General = 1;
    private const int Usage = 2;
    private const int Wallet = 4;
    private const int BadAddress = 5;
    private const int NoMoney = 6;
    private const int Locked = 13;
    private const int WrongPassphrase = 14;
    private const int NoWallet = 18;

    private const string Database = "blockchain_3000.db";
    private const string WalletName = "Wallets_3000.dat";
    private const string Genesis = GenesisFile.FileName;

    private readonly CommandWorld _world;

    public CommandErrorTests(CommandWorld world) => _world = world;

    public static TheoryData<string, int, string> BadArguments => new()
    {
        { "dig", Usage, "dig" },
        { "getbalance --timeout soon", Usage, "--timeout soon is no time" },
        { "getbalance --timeout 0", Usage, "--timeout 0 is no time" },
        { "mine 0", Usage, "'0' is no number of blocks" },
        { "mine --address MISTYPED", BadAddress, "the checksum is wrong" },
        { "stop", 9, "No node 3000 is running" },
        { "send --from OWN --to STRANGER --amount 1 --wait --peer 127.0.0.1:1", Usage, "--wait needs a running node" },
        { "send --from OWN --to STRANGER --amount 1 --wait 0", Usage, "--wait 0 is no number" },
        { "send --from OWN --to STRANGER --amount 1 --fee-rate x", Usage, "--fee-rate x is no rate" },
        { "send --from OWN --to STRANGER --amount 1 --fee 0 --fee-rate 1", Usage, "leave one out" },
        { "rpc -named getblockhash 1", Usage, "is not NAME=VALUE" },
        { "rpc -named getblockhash height=1 height=2", Usage, "is given twice" },
        { "getbalance --datadir new --address", Usage, "--address" },
        { "getbalance --address OWN --colour red", Usage, "--colour" },
        { "getbalance --address OWN OWN", Usage, "OWN" },
        { "getbalance --address OWN --address OWN", Usage, "--address" },
        { "createblockchain", Usage, "--address" },
        { "send --from OWN --amount 1", Usage, "--to" },
        { "send --from OWN --to STRANGER", Usage, "--amount" },
        { "init", Usage, "FILE|regtest" },
        { "rpc", Usage, "METHOD" },
        { "getbalance --address OWN --node abc", Usage, "'abc' is no node" },
        { "getbalance --address OWN --node 0", Usage, "'0' is no node" },
        { "getbalance --address OWN --node -1", Usage, "'-1' is no node" },
        { "getbalance --address OWN --node 55536", Usage, "'55536' is no node" },
        { "getbalance --address OWN --node 3000.5", Usage, "'3000.5' is no node" },
        { "getbalance --address OWN --node 99999999999", Usage, "'99999999999' is no node" },
        { "createwallet --node x", Usage, "'x' is no node" },
        { "listaddresses --node x", Usage, "'x' is no node" },
        { "startnode --node x", Usage, "'x' is no node" },
        { "startnode --port 65536", Usage, "--port 65536 is no port" },
        { "startnode --port -1", Usage, "--port -1 is no port" },
        { "startnode --port ssh", Usage, "--port ssh is no whole number" },
        { "startnode --http-port 65536", Usage, "--http-port 65536 is no port" },
        { "startnode --http-port 0", Usage, "--http-port 0 is no port" },
        { "startnode --threads 0", Usage, "--threads" },
        { "startnode --threads -3", Usage, "--threads" },
        { "startnode --threads 1025", Usage, "--threads" },
        { "startnode --threads many", Usage, "--threads many is no whole number" },
        { "startnode --bind here", Usage, "--bind here is no IP address" },
        { "startnode --bind 192.0.2.1 --peer 127.0.0.1:1", General, "The address 192.0.2.1 cannot be used" },
        { "startnode --peer 127.0.0.1:", Usage, "is no HOST:PORT" },
        { "startnode --peer 127.0.0.1:0", Usage, "is no HOST:PORT" },
        { "startnode --peer 127.0.0.1:99999", Usage, "is no HOST:PORT" },
        { "startnode --peer localhost:1 --peer ?", Usage, "--peer ? is no HOST:PORT" },
        { "startnode --miner STRANGERx", BadAddress, "is not an address" },
        { "startnode --miner FOREIGN", BadAddress, "address of another chain" },
        { "startnode --profile mainnet", Usage, "'mainnet' is no profile" },
        { "startnode --profile regtest", General, "holds another chain already" },
        { "startnode --mocktime 1700000000", Usage, "--mocktime is for test chains only" },
        { "startnode --activation segwit@5", Usage, "--activation is for test chains only" },
        { "startnode --datadir new --profile regtest --mocktime soon", Usage, "--mocktime soon is no Unix time" },
        { "startnode --datadir new --profile regtest --mocktime 0", Usage, "--mocktime 0 is no Unix time" },
        { "startnode --datadir new --profile regtest --mocktime 9223372037", Usage, "is no Unix time" },
        { "startnode --datadir new --profile regtest --activation segwit", Usage, "'segwit' is not NAME@HEIGHT" },
        { "startnode --datadir new --profile regtest --activation segwit@-1", Usage, "is not NAME@HEIGHT" },
        { "startnode --datadir new --profile regtest --activation cltv@5 --activation pbft@5", Usage, "'pbft' is no deployment" },
        { "getbalance --address nonsense", BadAddress, "is not an address" },
        { "getbalance --address MISTYPED", BadAddress, "the checksum is wrong" },
        { "getbalance --address FOREIGN", BadAddress, "address of another chain" },
        { "getbalance --address SHORT", BadAddress, "wrong length" },
        { "getbalance --address 0OIl", BadAddress, "is not an address" },
        { "send --from STRANGER --to OWN --amount 1", BadAddress, "has no key for STRANGER" },
        { "send --from MISTYPED --to OWN --amount 1", BadAddress, "the checksum is wrong" },
        { "send --from FOREIGN --to OWN --amount 1", BadAddress, "address of another chain" },
        { "send --from OWN --to MISTYPED --amount 1", BadAddress, "the checksum is wrong" },
        { "send --from OWN --to FOREIGN --amount 1", BadAddress, "address of another chain" },
        { "send --from OWN --to STRANGER --amount 17.00000001 --mine", NoMoney, "Not enough money" },
        { "send --from OWN --to STRANGER --amount 17 --fee 0.00000001 --mine", NoMoney, "Not enough money" },
        { "send --from OWN --to STRANGER --amount 21000000 --fee 0.00000001 --mine", General, "more than the 21000000 coins" },
        { "send --from OWN --to STRANGER --amount 1 --fee -1", Usage, "--fee -1 is no amount" },
        { "send --from OWN --to STRANGER --amount 1 --fee much", Usage, "--fee much is no amount" },
        { "send --from OWN --to STRANGER --amount 1 --peer nowhere:", Usage, "is no HOST:PORT" },
        { "send --from OWN --to STRANGER --amount 1 --peer 127.0.0.1:1", General, "Nothing was sent. No node runs here" },
        { "send --from LOCKED --to OWN --amount 1 --node 3001 --passphrase-file nofile", Wallet, "There is no passphrase file" },
        { "send --from LOCKED --to OWN --amount 1 --node 3001 --passphrase-file wrong.txt", WrongPassphrase, "does not open the wallet" },
        { "createwallet --node 3001", Locked, "is encrypted" },
        { "createwallet --node 3001 --passphrase-file wrong.txt", WrongPassphrase, "does not open the wallet" },
        { "createwallet --node 3001 --passphrase-file nofile", Wallet, "There is no passphrase file" },
        { "createwallet --datadir new --passphrase-file nofile", Wallet, "There is no passphrase file" },
        { "send --from OWN --to STRANGER --amount 1 --node 3002", NoWallet, "There is no wallet at" },
        { "listaddresses --node 3002", NoWallet, "There is no wallet at" },
        { "createblockchain --address OWN", General, "holds a chain already" },
        { "createblockchain --address OWN --node 3005", General, "genesis.json is a chain already" },
        { "createblockchain --address MISTYPED --datadir new", BadAddress, "the checksum is wrong" },
        { "createblockchain --address FOREIGN --datadir new", BadAddress, "address of another chain" },
        { "createblockchain --address OWN --datadir new --params nofile", General, "cannot be read" },
        { "createblockchain --address OWN --datadir new --params secret.txt", General, "holds no parameters" },
        { "createblockchain --address OWN --datadir new --params other.json", General, "'genesis' cannot be given here" },
        { "init nofile", General, "There is no file 'nofile'" },
        { "init secret.txt --datadir new", General, "is no chain: it is no JSON" },
        { "init other.json", General, "holds another chain already" },
        { "init regtest", General, "holds another chain already" },
        { "init other.json --node 3005", General, "holds another chain already" },
        { "getbalance --address OWN --datadir new", General, "There is no chain in" },
        { "send --from OWN --to OWN --amount 1 --datadir new", General, "There is no chain in" },
        { "printchain --datadir new", General, "There is no chain in" },
        { "reindexutxo --datadir new", General, "There is no chain in" },
        { "startnode --datadir new", General, "There is no chain in" },
        { "rpc getblockcount --datadir new", General, "There is no chain in" },
        { "listaddresses --datadir new", NoWallet, "There is no wallet at" },
        { "printchain --limit 0", Usage, "--limit" },
        { "printchain --limit -1", Usage, "--limit" },
        { "printchain --limit some", Usage, "--limit some is no whole number" },
        { "printchain --limit 1.0", Usage, "--limit 1.0 is no whole number" },
        { "printchain --limit 99999999999", Usage, "--limit 99999999999 is no whole number" },
        { "printchain --from 99", Usage, "no block at height 99" },
        { "printchain --from -1", Usage, "no block at height -1" },
        { "rpc nosuchmethod", General, "Method not found" },
        { "rpc getblockhash", General, "getblockhash height" },
        { "rpc getblockhash 77", 8, "out of range" },
        { "rpc stop", 9, "No node is running here" },
    };

    public static TheoryData<string> BadAmounts =>
    [
        "0", "0.0", "0.00000000", "-1", "-0", "+1", "1.123456789", "0.000000001", "1,5", "1.5.1", "1.", ".5", ".", "1e3", "0x10", "1_000", "1 000", " 1", "1 ",
        "NaN", "Infinity", "one", "1BTC", "21000000.00000001", "21000001", "99999999999999999999999999", "1\u00a0000", "１", "1\n", "",
        "000000000000000000000000000000000000000000001",
    ];

    [Theory]
    [MemberData(nameof(BadArguments))]
    public async Task Command_WithBadArguments_OneLineAndNothingChanged(string line, int status, string expected)
    {
        using var folder = _world.Copy();
        await PrepareAsync(folder, line);
        await AssertFailsAsync(folder, Arguments(folder, line), status, Fill(expected), withLocks: status == Usage && !line.StartsWith("printchain --from", StringComparison.Ordinal) && !line.Contains("--wait --peer", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(BadAmounts))]
    public async Task Send_WithABadAmount_OneLineAndNothingChanged(string amount)
    {
        using var folder = _world.Copy();
        string[] arguments = ["send", "--from", _world.Own, "--to", _world.Stranger, "--amount", amount, "--mine", "--datadir", folder.Root];
        await AssertFailsAsync(folder, arguments, Usage, "--amount", withLocks: true);
    }

    /// <summary>Each with what is done to the folder of <see cref="CommandWorld"/> first.</summary>
    public static TheoryData<string, string, int, string> BadFolders
    {
        get
        {
            var data = new TheoryData<string, string, int, string>();
            string[] onGenesis = ["getbalance --address OWN", "startnode", "printchain", "createwallet", "init genesis.json"];
            foreach (var line in onGenesis)
            {
                data.Add("genesis: not JSON", line, General, "no JSON");
                data.Add("genesis: empty", line, General, "no JSON");
                data.Add("genesis: truncated", line, General, "no JSON");
                data.Add("genesis: a list", line, General, "no JSON object");
                data.Add("genesis: wrong hexadecimal", line, General, "'genesis' is not hexadecimal");
                data.Add("genesis: no block", line, General, "'genesis' is not the encoding of a block");
                data.Add("genesis: half a block", line, General, "'genesis' is not the encoding of a block");
                data.Add("genesis: unknown parameter", line, General, "'colour' is no parameter");
                data.Add("genesis: parameter twice", line, General, "'subsidy' stands there twice");
                data.Add("genesis: wrong type", line, General, "'coinbaseMaturity' must be a whole number");
                data.Add("genesis: out of range", line, General, "'defaultPort' must be a whole number from 1 to 65535");
                data.Add("genesis: proof of work broken", line, General, "high-hash");
                data.Add("genesis: no profile", line, General, "'profile' is missing");
                data.Add("genesis: other profile", line, General, "it can be");
            }

            string[] onWallet = ["listaddresses", "createwallet", "send --from OWN --to STRANGER --amount 1"];
            foreach (var line in onWallet)
            {
                data.Add("wallet: empty", line, Wallet, "is damaged: it is empty");
                data.Add("wallet: truncated", line, Wallet, "is damaged");
                data.Add("wallet: longer", line, Wallet, "is damaged");
                data.Add("wallet: text", line, Wallet, "is damaged: it does not begin as a wallet does");
                data.Add("wallet: magic", line, Wallet, "is damaged");
                data.Add("wallet: version", line, Wallet, "is damaged");
                data.Add("wallet: kind", line, Wallet, "is damaged");
                data.Add("wallet: count", line, Wallet, "is damaged");
                data.Add("wallet: public key", line, Wallet, "is damaged");
                data.Add("wallet: time", line, Wallet, "is damaged");
                data.Add("wallet: private key", line, Wallet, "is damaged");
                data.Add("wallet: checksum", line, Wallet, "is damaged");
                data.Add("wallet: a folder", line, Wallet, "cannot be read");
            }

            string[] onDatabase = ["getbalance --address OWN", "startnode", "reindexutxo", "send --from OWN --to STRANGER --amount 1 --mine", "createwallet"];
            foreach (var line in onDatabase)
            {
                data.Add("database: text", line, General, "is damaged");
                data.Add("database: truncated", line, General, "is damaged");
                data.Add("database: parameters", line, General, "is damaged: its parameters do not read");
            }

            foreach (var line in onDatabase[..4])
            {
                data.Add("database: other format", line, General, "was written by another version");
                data.Add("database: coins at a block that is missing", line, General, "is damaged: the coins stand at block");
                data.Add("database: header cut", line, General, "is damaged: a header has a wrong length");
                data.Add("database: genesis header missing", line, General, "is damaged");
            }

            data.Add("database: a folder", "getbalance --address OWN", General, "cannot be opened");
            data.Add("database: first block missing", "reindexutxo", General, "is damaged: block 0 is missing");
            data.Add("database: first block cut", "reindexutxo", General, "is damaged: block 0 does not decode");
            data.Add("passphrase file: empty", "createwallet --passphrase-file secret.txt", Wallet, "has nothing in its first line");
            data.Add("passphrase file: not UTF-8", "createwallet --passphrase-file secret.txt", Wallet, "is not UTF-8 text");
            data.Add("passphrase file: a folder", "createwallet --passphrase-file secret.txt", Wallet, "cannot be read");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(BadFolders))]
    public async Task Command_WhereAFileIsDamaged_OneLineAndNothingChanged(string damage, string line, int status, string expected)
    {
        using var folder = _world.Copy();
        Damage(folder, damage);
        if (line == "startnode") line += $" --port 0 --http-port {FreePorts.Next()}";
        await AssertFailsAsync(folder, Arguments(folder, line), status, expected, withLocks: false);
    }

    [Theory]
    [InlineData("--port", "P2P")]
    [InlineData("--http-port", "RPC")]
    public async Task StartNode_WhereThePortIsTaken_OneLineAndNothingChanged(string flag, string use)
    {
        using var folder = _world.Copy();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var other = flag == "--port" ? "--http-port" : "--port";
        string[] arguments = ["startnode", flag, $"{port}", other, $"{FreePorts.Next()}", "--peer", "127.0.0.1:1", "--datadir", folder.Root];
        await AssertFailsAsync(folder, arguments, General, $"Port {port} for {use} cannot be used", withLocks: false);

        // A folder that has only genesis.json stays one.
        using var fresh = new DataFolder();
        File.Copy(folder.PathOf(Genesis), fresh.PathOf(Genesis));
        await AssertFailsAsync(fresh, [.. arguments[..^1], fresh.Root], General, $"Port {port} for {use} cannot be used", withLocks: false);
    }

    /// <summary>A profile is taken over only once all else is known to be right.</summary>
    [Theory]
    [InlineData("--threads 0", Usage)]
    [InlineData("--bind here", Usage)]
    [InlineData("--peer :", Usage)]
    [InlineData("--miner STRANGER", BadAddress)]
    public async Task StartNode_WithAProfileAndAnotherMistake_LeavesTheFolderEmpty(string more, int status)
    {
        using var folder = new DataFolder();
        await AssertFailsAsync(folder, Arguments(folder, $"startnode --profile regtest {more}"), status, "", withLocks: true);
    }

    /// <summary>A wallet whose checksum is right and whose content is not: written by a newer or a broken program.</summary>
    [Theory]
    [InlineData(8, 3, "was written by a newer program")]
    [InlineData(8, 0, "is damaged")]
    [InlineData(12, 7, "was written by a newer program")]
    [InlineData(13, 200, "is damaged")]
    [InlineData(14, 9, "is damaged")]
    public async Task ListAddresses_OfAWalletThatWasMadeWrong_OneLineAndNothingChanged(int offset, byte value, string expected)
    {
        using var folder = _world.Copy();
        var wallet = File.ReadAllBytes(folder.PathOf(WalletName));
        wallet[offset] = wallet[offset] == value ? (byte)~value : value;
        Wire.DoubleHash(wallet.AsSpan(0, wallet.Length - 32)).CopyTo(wallet, wallet.Length - 32);
        folder.Write(WalletName, wallet);
        await AssertFailsAsync(folder, Arguments(folder, "listaddresses"), Wallet, expected, withLocks: false);
    }

    /// <summary>A sealed wallet in which any one byte of what the tag covers is another.</summary>
    [Theory]
    [InlineData(17)]
    [InlineData(40)]
    [InlineData(90)]
    [InlineData(120)]
    public async Task Send_FromAnEncryptedWalletThatWasAltered_OneLineAndNothingChanged(int offset)
    {
        const string Line = "send --from LOCKED --to OWN --amount 1 --node 3001 --mine --passphrase-file secret.txt";
        using var folder = _world.Copy();
        var wallet = File.ReadAllBytes(folder.PathOf("Wallets_3001.dat"));
        wallet[offset] ^= 1;
        Wire.DoubleHash(wallet.AsSpan(0, wallet.Length - 32)).CopyTo(wallet, wallet.Length - 32);
        await PrepareAsync(folder, Line);
        folder.Write("Wallets_3001.dat", wallet);
        var result = await Cli.RunAsync(Arguments(folder, Line));
        AssertOneLine(result);
        Assert.Contains(result.Status, new[] { Wallet, BadAddress, WrongPassphrase });
    }

    /// <summary>A few through the program itself, where the environment, the arguments and the end of the process are real.</summary>
    [Theory]
    [InlineData("getbalance --address nonsense", BadAddress, "3000")]
    [InlineData("send --from OWN --to STRANGER --amount -1", Usage, "3000")]
    [InlineData("printchain", Usage, "abc")]
    [InlineData("printchain", Usage, "0")]
    [InlineData("createwallet", Usage, "70000")]
    [InlineData("startnode", Usage, "3000x")]
    [InlineData("startnode --threads 0", Usage, "")]
    [InlineData("dig", Usage, "3000")]
    [InlineData("send --from LOCKED --to OWN --amount 1", Locked, "3001")]
    public async Task Program_WithBadInput_OneLineAndNothingChanged(string line, int status, string nodeId)
    {
        using var folder = _world.Copy();
        if (status != Usage) await Cli.DoAsync("rpc", "getbalance", "--node", nodeId, "--datadir", folder.Root);
        var before = folder.Snapshot(withLocks: true);
        var result = await Cli.ProcessAsync(new Dictionary<string, string> { ["NODE_ID"] = nodeId, ["CHAIN_DATADIR"] = folder.Root }, Fill(line).Split(' '));
        Assert.Equal(status, result.Status);
        AssertOneLine(result);
        Assert.Equal(before, folder.Snapshot(withLocks: true));
    }

    /// <summary>Who holds the database and does not answer is waited for, and then named: no command hangs.</summary>
    [Fact]
    public async Task Commands_WhereTheOwnerDoesNotAnswer_NameItInsteadOfHanging()
    {
        using var byCommand = _world.Copy();
        using var byNode = _world.Copy();
        using var byHungNode = _world.Copy();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        byHungNode.Write(".cookie_3000", "__cookie__:00");
        using var first = DatabaseLock.TryTake(byCommand.PathOf(Database), processId: 4711, httpPort: 0);
        using var second = DatabaseLock.TryTake(byNode.PathOf(Database), processId: 4712, httpPort: 1);
        using var third = DatabaseLock.TryTake(byHungNode.PathOf(Database), processId: 4713, httpPort: ((IPEndPoint)silent.LocalEndpoint).Port);
        var results = await Task.WhenAll(
            Cli.ProcessAsync(Arguments(byCommand, "getbalance --address OWN")),
            Cli.ProcessAsync(Arguments(byNode, "printchain")),
            Cli.ProcessAsync(Arguments(byHungNode, "reindexutxo")),
            Cli.ProcessAsync(Arguments(byNode, "startnode")));
        Assert.All(results, result => Assert.Equal(General, result.Status));
        Assert.All(results, AssertOneLine);
        Assert.Contains("process 4711 does not answer", results[0].Error, StringComparison.Ordinal);
        Assert.Contains("process 4712 does not answer", results[1].Error, StringComparison.Ordinal);
        Assert.Contains("process 4713 does not answer", results[2].Error, StringComparison.Ordinal);
        Assert.Contains("process 4712 uses it", results[3].Error, StringComparison.Ordinal);
    }

    /// <summary>A node that has only a wallet gets its database by the first command that looks at the chain.</summary>
    private static async Task PrepareAsync(DataFolder folder, string line)
    {
        if (line.StartsWith("send", StringComparison.Ordinal) && line.Contains("--node 3001", StringComparison.Ordinal)) await Cli.DoAsync("rpc", "getbalance", "--node", "3001", "--datadir", folder.Root);
    }

    private static async Task AssertFailsAsync(DataFolder folder, string[] arguments, int status, string expected, bool withLocks)
    {
        var before = folder.Snapshot(withLocks);
        var result = await Cli.RunAsync(arguments);
        Assert.True(status == result.Status, $"expected status {status}, was {result.Status}: {result.Error}{result.Output}");
        AssertOneLine(result);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Equal(before, folder.Snapshot(withLocks));
    }

    private static void AssertOneLine(CliResult result)
    {
        Assert.StartsWith("chain: ", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("\n", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd('\n').Split('\n', '\r'));
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("bug in chain", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.NotEqual(0, result.Status);
    }

    /// <summary>The words of a line; names of files become paths in the folder.</summary>
    private string[] Arguments(DataFolder folder, string line)
    {
        string[] files = ["nofile", "secret.txt", "wrong.txt", "other.json", "genesis.json", "new"];
        List<string> words = [.. Fill(line).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => files.Contains(word) && !line.StartsWith("init nofile", StringComparison.Ordinal) ? folder.PathOf(word) : word)];
        if (words.Count > 0 && words[0] != "dig" && !words.Contains("--datadir")) words.AddRange(["--datadir", folder.Root]);
        return [.. words];
    }

    private string Fill(string text) => text.Replace("STRANGER", _world.Stranger, StringComparison.Ordinal)
        .Replace("OWN", _world.Own, StringComparison.Ordinal)
        .Replace("LOCKED", _world.Locked, StringComparison.Ordinal)
        .Replace("SHORT", Chain.Core.Cryptography.Base58Check.Encode([0, 1, 2, 3]), StringComparison.Ordinal)
        .Replace("FOREIGN", _world.Foreign, StringComparison.Ordinal)
        .Replace("MISTYPED", _world.Mistyped, StringComparison.Ordinal);

    private static void Damage(DataFolder folder, string damage)
    {
        var (file, what) = (damage.Split(": ")[0], damage.Split(": ")[1]);
        switch (file)
        {
            case "genesis":
                foreach (var path in Directory.GetFiles(folder.Root, Database + "*")) File.Delete(path);
                folder.Write(Genesis, DamagedGenesis(File.ReadAllText(folder.PathOf(Genesis)), what));
                break;
            case "wallet" when what == "a folder":
                File.Delete(folder.PathOf(WalletName));
                folder.Sub(WalletName);
                break;
            case "wallet":
                folder.Write(WalletName, DamagedWallet(File.ReadAllBytes(folder.PathOf(WalletName)), what));
                break;
            case "passphrase file" when what == "a folder":
                File.Delete(folder.PathOf("secret.txt"));
                folder.Sub("secret.txt");
                break;
            case "passphrase file":
                folder.Write("secret.txt", what == "empty" ? "\n"u8 : [0xff, 0xfe, 0xfd]);
                break;
            default:
                DamageDatabase(folder, what);
                break;
        }
    }

    private static string DamagedGenesis(string text, string what)
    {
        var hex = text.IndexOf("\"genesis\": \"", StringComparison.Ordinal) + "\"genesis\": \"".Length;
        return what switch
        {
            "not JSON" => "profile = private\n",
            "empty" => "",
            "truncated" => text[..(text.Length / 2)],
            "a list" => "[" + text + "]",
            "wrong hexadecimal" => text[..hex] + "zz" + text[(hex + 2)..],
            "no block" => text[..hex] + "00" + text[text.IndexOf('"', hex)..],
            "half a block" => text[..(hex + 200)] + text[text.IndexOf('"', hex)..],
            "unknown parameter" => text.Replace("\"profile\"", "\"colour\": \"red\",\n  \"profile\"", StringComparison.Ordinal),
            "parameter twice" => text.Replace("\"profile\"", "\"subsidy\": 10,\n  \"profile\"", StringComparison.Ordinal),
            "wrong type" => text.Replace("\"coinbaseMaturity\": 1", "\"coinbaseMaturity\": \"1\"", StringComparison.Ordinal),
            "out of range" => text.Replace("\"defaultPort\": 3000", "\"defaultPort\": 65536", StringComparison.Ordinal),
            // With the target of Bitcoin's first block hardly any header meets it.
            "proof of work broken" => text.Replace("207fffff", "1d00ffff", StringComparison.Ordinal),
            "no profile" => text.Replace("\"profile\": \"private\",", "", StringComparison.Ordinal),
            "other profile" => text.Replace("\"private\"", "\"mainnet\"", StringComparison.Ordinal),
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };
    }

    private static byte[] DamagedWallet(byte[] wallet, string what)
    {
        switch (what)
        {
            case "empty":
                return [];
            case "truncated":
                return wallet[..60];
            case "longer":
                return [.. wallet, 0];
            case "text":
                return "my keys\n"u8.ToArray();
        }

        wallet[what switch
        {
            "magic" => 0,
            "version" => 8,
            "kind" => 12,
            "count" => 13,
            "public key" => 20,
            "time" => 48,
            "private key" => 60,
            "checksum" => wallet.Length - 1,
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        }] ^= 0x40;
        return wallet;
    }

    private static void DamageDatabase(DataFolder folder, string what)
    {
        var path = folder.PathOf(Database);
        switch (what)
        {
            case "text":
                folder.Write(Database, "this is no database, and never was one\n");
                return;
            case "truncated":
                folder.Write(Database, File.ReadAllBytes(path).AsSpan(0, 6000));
                return;
            case "a folder":
                File.Delete(path);
                folder.Sub(Database);
                return;
        }

        using var db = SqliteDatabase.Open(path);
        db.Execute(what switch
        {
            "parameters" => "UPDATE facts SET value = x'7b7d' WHERE name = 'genesis.json'",
            "other format" => "UPDATE facts SET value = x'39' WHERE name = 'version'",
            "coins at a block that is missing" => "UPDATE facts SET value = zeroblob(32) WHERE name = 'coins at'",
            "header cut" => "UPDATE headers SET header = x'00' WHERE sequence = 1",
            "genesis header missing" => "DELETE FROM headers WHERE sequence = 0",
            "first block missing" => "DELETE FROM blocks WHERE sequence = 0",
            "first block cut" => "UPDATE blocks SET block = x'00' WHERE sequence = 0",
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        });
        db.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
}
