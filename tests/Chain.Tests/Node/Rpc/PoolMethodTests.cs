using Chain.Core.Primitives;
using Chain.Tests.Kit;
using static Chain.Tests.Node.Rpc.RpcBench;

namespace Chain.Tests.Node.Rpc;

/// <summary>Methods that hand transactions to the pool: shapes, codes and words as in Core.</summary>
public sealed class PoolMethodTests : IDisposable
{
    private const string Allowed = "txid:h64 wtxid:h64 allowed:b vsize:i fees:o";
    private const string Refused = "txid:h64 wtxid:h64 allowed:b reject-reason:s";

    private readonly RpcBench _rpc = new();

    public void Dispose() => _rpc.Dispose();

    [Fact]
    public async Task SendRawTransaction_New_IsWaiting()
    {
        var payment = _rpc.Chain.Payment(1000);
        Assert.Equal(payment.Id.ToString(), await _rpc.TextAsync("sendrawtransaction", Raw(payment)));
        Assert.NotNull(_rpc.Chain.Loaded.Mempool.FindEntry(payment.Id));
        Assert.Equal(payment.Id.ToString(), await _rpc.TextAsync("sendrawtransaction", Raw(payment)));
        _rpc.Chain.Grow(payment);
        await _rpc.FailsAsync(-27, "Transaction outputs already in utxo set", "sendrawtransaction", Raw(payment));
    }

    [Fact]
    public async Task SendRawTransaction_Refused_CoresCodesAndWords()
    {
        var payment = _rpc.Chain.Payment(1000);
        var orphan = Keys.Spend(new OutPoint(payment.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 1));
        await _rpc.FailsAsync(-25, "bad-txns-inputs-missingorspent", "sendrawtransaction", Raw(orphan), "0");
        var dear = _rpc.Chain.Payment(Amount.Coin);
        await _rpc.FailsAsync(-25, "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)", "sendrawtransaction", Raw(dear));
        await _rpc.FailsAsync(-25, "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)", "sendrawtransaction", Raw(payment), "0.00001000");
        await _rpc.FailsAsync(-8, "Fee rates larger than or equal to 1BTC/kvB are not accepted", "sendrawtransaction", Raw(payment), "1");
        await _rpc.FailsAsync(-22, "TX decode failed. Make sure the tx has at least one input.", "sendrawtransaction", "\"00\"");
        await _rpc.FailsAsync(-3, "JSON value of type number is not of expected type string", "sendrawtransaction", "1");
        var unsigned = new Transaction(2, [new TxIn(payment.Inputs[0].PreviousOutput, default)], payment.Outputs, 0);
        await _rpc.FailsAsync(-26, "mandatory-script-verify-flag-failed", "sendrawtransaction", Raw(unsigned));
        Assert.Equal(dear.Id.ToString(), await _rpc.TextAsync("sendrawtransaction", Raw(dear), "0"));
    }

    [Theory]
    [InlineData("6a0100")]
    [InlineData("ff")]
    public async Task SendRawTransaction_Burning_OnlyAsMuchAsAllowed(string script)
    {
        var burning = Keys.Spend(_rpc.Chain.Builder["genesis"].Reward, Keys.Miner, new TxOut(100_000, Hex.Bytes(script)), Keys.PayTo(Keys.Miner, 9 * Amount.Coin));
        await _rpc.FailsAsync(-25, "Unspendable output exceeds maximum configured by user (maxburnamount)", "sendrawtransaction", Raw(burning));
        await _rpc.FailsAsync(-25, "Unspendable output exceeds maximum configured by user (maxburnamount)", "sendrawtransaction", Raw(burning), "0", "0.00099999");
        Assert.Equal(burning.Id.ToString(), await _rpc.TextAsync("sendrawtransaction", Raw(burning), "0", "\"0.001\""));
    }

    [Fact]
    public async Task TestMempoolAccept_One_EveryField()
    {
        var payment = _rpc.Chain.Payment(1000);
        var json = Fields.Check((await _rpc.CallAsync("testmempoolaccept", $"[{Raw(payment)}]"))![0], Allowed);
        var fees = Fields.Check(json["fees"], "base:n effective-feerate:n effective-includes:a");
        Assert.Equal(("0.00001000", payment.WitnessHash.ToString()), (fees["base"]!.ToJsonString(), fees["effective-includes"]![0]!.GetValue<string>()));
        Assert.Equal(0, _rpc.Chain.Loaded.Mempool.Count);

        var dear = Fields.Check((await _rpc.CallAsync("testmempoolaccept", $"[{Raw(_rpc.Chain.Payment(Amount.Coin))}]"))![0], Refused);
        Assert.Equal("max-fee-exceeded", dear["reject-reason"]!.GetValue<string>());
        var orphan = Keys.Spend(new OutPoint(payment.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 1));
        Assert.Equal("missing-inputs", Fields.Check((await _rpc.CallAsync("testmempoolaccept", $"[{Raw(orphan)}]"))![0], Refused)["reject-reason"]!.GetValue<string>());
        await _rpc.CallAsync("sendrawtransaction", Raw(payment));
        Assert.Equal("txn-already-in-mempool", (await _rpc.CallAsync("testmempoolaccept", $"[{Raw(payment)}]"))![0]!["reject-reason"]!.GetValue<string>());
    }

    /// <summary>The cases of rpc_packages.py that need no wallet.</summary>
    [Fact]
    public async Task TestMempoolAccept_Several_AsAPackage()
    {
        var parent = _rpc.Chain.Payment(1000);
        var child = Keys.Spend(new OutPoint(parent.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, parent.Outputs[0].Value - 2000));
        var both = (await _rpc.CallAsync("testmempoolaccept", $"[{Raw(parent)},{Raw(child)}]"))!.AsArray();
        Assert.All(both, item => Fields.Check(item, Allowed));
        Assert.Equal(0, _rpc.Chain.Loaded.Mempool.Count);

        await FindsAsync("package-not-sorted", child, parent);
        await FindsAsync("package-contains-duplicates", parent, parent);
        await FindsAsync("conflict-in-package", parent, _rpc.Chain.Payment(2000));

        // What fails before its scripts hides all others, what fails by them only those behind it.
        var garbage = Keys.Spend(new OutPoint(child.Id, 7), Keys.Alice, Keys.PayTo(Keys.Bob, 1));
        var missing = (await _rpc.CallAsync("testmempoolaccept", $"[{Raw(parent)},{Raw(garbage)}]"))!.AsArray();
        Fields.Check(missing[0], "txid:h64 wtxid:h64");
        Assert.Equal("missing-inputs", Fields.Check(missing[1], Refused)["reject-reason"]!.GetValue<string>());
        var unsigned = new Transaction(2, [new TxIn(new OutPoint(parent.Id, 0), default)], child.Outputs, 0);
        var scripts = (await _rpc.CallAsync("testmempoolaccept", $"[{Raw(parent)},{Raw(unsigned)}]"))!.AsArray();
        Fields.Check(scripts[0], Allowed);
        Assert.StartsWith("mandatory-script-verify-flag-failed", Fields.Check(scripts[1], Refused)["reject-reason"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-3, "JSON value of type string is not of expected type array", "\"ff00baar\"")]
    [InlineData(-8, "Array must contain between 1 and 25 transactions.", "[]")]
    [InlineData(-22, "TX decode failed for tx 0. Make sure the tx has at least one input.", "[\"ff00baar\"]")]
    [InlineData(-3, "JSON value of type number is not of expected type string", "[1]")]
    [InlineData(-3, "Amount out of range", "[\"00\"]", "-1")]
    public Task TestMempoolAccept_BadParameters_CoresWords(int code, string message, params string[] values) => _rpc.FailsAsync(code, message, "testmempoolaccept", values);

    private async Task FindsAsync(string error, params Transaction[] transactions)
    {
        var answers = (await _rpc.CallAsync("testmempoolaccept", $"[{string.Join(',', transactions.Select(Raw))}]"))!.AsArray();
        Assert.All(answers, item => Assert.Equal(error, Fields.Check(item, "txid:h64 wtxid:h64 package-error:s")["package-error"]!.GetValue<string>()));
    }
}
