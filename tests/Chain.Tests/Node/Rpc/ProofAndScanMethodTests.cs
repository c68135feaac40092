using Chain.Core.Primitives;
using Chain.Tests.Kit;
using static Chain.Tests.Node.Rpc.RpcBench;

namespace Chain.Tests.Node.Rpc;

/// <summary>Proofs that a block holds transactions, and the scan of all coins.</summary>
public sealed class ProofAndScanMethodTests : IDisposable
{
    private const string Zeros = "\"0000000000000000000000000000000000000000000000000000000000000000\"";

    private readonly RpcBench _rpc = new();

    public void Dispose() => _rpc.Dispose();

    [Fact]
    public async Task GetTxOutProof_OfBlock_VerifiesToItsIds()
    {
        var first = _rpc.Chain.Payment(1000);
        var second = Keys.Spend(new OutPoint(first.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 1000), Keys.PayTo(Keys.Alice, 2000));
        await _rpc.FailsAsync(-5, "Transaction not yet in block", "gettxoutproof", Ids(first));
        var block = _rpc.Chain.Grow(first, second);
        var proof = await _rpc.TextAsync("gettxoutproof", Ids(second));
        Assert.Equal([second.Id.ToString()], await VerifyAsync(proof));
        Assert.Equal([first.Id.ToString(), second.Id.ToString()], await VerifyAsync(await _rpc.TextAsync("gettxoutproof", Ids(second, first))));

        // All outputs of the first are spent: the index tells where it is.
        Assert.Equal([first.Id.ToString()], await VerifyAsync(await _rpc.TextAsync("gettxoutproof", Ids(first))));
        Assert.Equal([first.Id.ToString()], await VerifyAsync(await _rpc.TextAsync("gettxoutproof", Ids(first), Quote(block.Hash.ToString()))));
        await _rpc.FailsAsync(-5, "Not all transactions found in specified or retrieved block", "gettxoutproof", $"[{Quote(second.Id.ToString())},{Zeros}]");

        // A node of the tree is no transaction, and a proof of another chain none of this one.
        var whole = MerkleBlock.TryDecode(Convert.FromHexString(proof))!;
        var oneLeaf = new MerkleBlock(whole.Header, new Core.Cryptography.PartialMerkleTree(1, [whole.Header.MerkleRoot], [true, false, false, false, false, false, false, false]));
        Assert.Empty(await VerifyAsync(Hex.Of(oneLeaf.ToByteArray())));
        var foreign = MerkleBlock.Create(TestChains.Regtest.Genesis, new HashSet<TxId> { TestChains.Regtest.Genesis.Transactions[0].Id });
        await _rpc.FailsAsync(-5, "Block not found in chain", "verifytxoutproof", Quote(Hex.Of(foreign.ToByteArray())));
    }

    [Theory]
    [InlineData(-8, "txid must be of length 64 (not 32, for '00000000000000000000000000000000')", "[\"00000000000000000000000000000000\"]")]
    [InlineData(-8, "txid must be hexadecimal string (not 'ZZZ0000000000000000000000000000000000000000000000000000000000000')", "[\"ZZZ0000000000000000000000000000000000000000000000000000000000000\"]")]
    [InlineData(-8, "blockhash must be of length 64 (not 4, for 'abcd')", "[" + Zeros + "]", "\"abcd\"")]
    [InlineData(-5, "Block not found", "[" + Zeros + "]", Zeros)]
    [InlineData(-8, "Parameter 'txids' cannot be empty", "[]")]
    [InlineData(-8, "Invalid parameter, duplicated txid", "[" + Zeros + "," + Zeros + "]")]
    public Task GetTxOutProof_BadParameters_CoresWords(int code, string message, params string[] values) => _rpc.FailsAsync(code, message, "gettxoutproof", values);

    [Fact]
    public async Task VerifyTxOutProof_BadParameters_CoresWords()
    {
        await _rpc.FailsAsync(-8, "proof must be hexadecimal string (not 'xyz')", "verifytxoutproof", "\"xyz\"");
        await _rpc.FailsAsync(-1, "end of data", "verifytxoutproof", "\"00\"");
    }

    [Fact]
    public async Task ScanTxOutSet_Descriptors_FindTheirCoins()
    {
        var payment = _rpc.Chain.Payment(1000);
        _rpc.Chain.Grow(payment);
        var json = Fields.Check(await _rpc.CallAsync("scantxoutset", "\"start\"", $"[{Quote($"pkh({Keys.Alice.PublicKey})")}]"), "success:b txouts:i height:i bestblock:h64 unspents:a total_amount:n");
        Assert.Equal(("9.99999000", 1, 2), (json["total_amount"]!.ToJsonString(), json["height"]!.GetValue<int>(), json["txouts"]!.GetValue<int>()));
        var coin = Fields.Check(json["unspents"]![0], "txid:h64 vout:i scriptPubKey:h desc:s amount:n coinbase:b height:i blockhash:h64 confirmations:i");
        var fingerprint = Keys.Alice.PublicKey.Hash.ToString()[..8];
        Assert.StartsWith($"pkh([{fingerprint}]{Keys.Alice.PublicKey})#", coin["desc"]!.GetValue<string>(), StringComparison.Ordinal);
        var combo = await _rpc.CallAsync("scantxoutset", "\"start\"", $$"""[{{Quote($"combo({Keys.Alice.PublicKey})")}},{"desc":{{Quote($"addr({_rpc.AddressOf(Keys.Miner)})")}}}]""");
        Assert.Equal(2, combo!["unspents"]!.AsArray().Count);
        Assert.Empty((await _rpc.CallAsync("scantxoutset", "\"start\"", "[]"))!["unspents"]!.AsArray());
        Assert.Null(await _rpc.CallAsync("scantxoutset", "\"status\""));
        Assert.False((await _rpc.CallAsync("scantxoutset", "\"abort\""))!.GetValue<bool>());
    }

    [Fact]
    public async Task ScanTxOutSet_WhileAnotherRuns_RefusedAndAborted()
    {
        Assert.True(_rpc.Scan.TryBegin());
        await _rpc.FailsAsync(-8, "Scan already in progress, use action \"abort\" or \"status\"", "scantxoutset", "\"start\"", "[]");
        Assert.Equal(0, Fields.Check(await _rpc.CallAsync("scantxoutset", "\"status\""), "progress:i")["progress"]!.GetValue<int>());
        Assert.True((await _rpc.CallAsync("scantxoutset", "\"abort\""))!.GetValue<bool>());
        Assert.True(_rpc.Scan.IsAborted);
        _rpc.Scan.End();
        Assert.True((await _rpc.CallAsync("scantxoutset", "\"start\"", "[]"))!["success"]!.GetValue<bool>());
    }

    /// <summary>The cases of rpc_scantxoutset.py.</summary>
    [Theory]
    [InlineData(-8, "End of range is too high", "\"start\"", "[{\"desc\":\"desc\",\"range\":-1}]")]
    [InlineData(-8, "Range should be greater or equal than 0", "\"start\"", "[{\"desc\":\"desc\",\"range\":[-1,10]}]")]
    [InlineData(-8, "Range specified as [begin,end] must not have begin after end", "\"start\"", "[{\"desc\":\"desc\",\"range\":[2,1]}]")]
    [InlineData(-8, "Range is too large", "\"start\"", "[{\"desc\":\"desc\",\"range\":[0,1000001]}]")]
    [InlineData(-8, "Descriptor needs to be provided in scan object", "\"start\"", "[{}]")]
    [InlineData(-8, "Scan object needs to be either a string or an object", "\"start\"", "[1]")]
    [InlineData(-5, "'desc' is not a valid descriptor function", "\"start\"", "[\"desc\"]")]
    [InlineData(-1, "scanobjects argument is required for the start action", "\"start\"")]
    [InlineData(-8, "Invalid action 'invalid_command'", "\"invalid_command\"")]
    public Task ScanTxOutSet_BadParameters_CoresWords(int code, string message, params string[] values) => _rpc.FailsAsync(code, message, "scantxoutset", values);

    private static string Ids(params Transaction[] transactions) => $"[{string.Join(',', transactions.Select(transaction => Quote(transaction.Id.ToString())))}]";

    private async Task<string[]> VerifyAsync(string proof) => [.. (await _rpc.CallAsync("verifytxoutproof", Quote(proof)))!.AsArray().Select(id => id!.GetValue<string>())];
}
