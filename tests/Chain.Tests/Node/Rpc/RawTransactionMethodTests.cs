using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;
using static Chain.Tests.Node.Rpc.RpcBench;

namespace Chain.Tests.Node.Rpc;

/// <summary>Methods that build, show, find, sign and combine transactions: shapes, codes and words as in Core.</summary>
public sealed class RawTransactionMethodTests : IDisposable
{
    private const string Id = "1d1d4e24ed99057e84c3f80fd8fbec79ed9e1acee37da269356ecea000000000";
    private const string TransactionFields = "txid:h64 hash:h64 version:i size:i vsize:i weight:i locktime:i vin:a vout:a";

    private readonly RpcBench _rpc = new();

    private string Alice => _rpc.AddressOf(Keys.Alice);

    public void Dispose() => _rpc.Dispose();

    [Fact]
    public async Task CreateRawTransaction_ListOrObject_IsTheSame()
    {
        var inputs = $$"""[{"txid":"{{Id}}","vout":9}]""";
        var bob = _rpc.AddressOf(Keys.Bob);
        var one = await _rpc.TextAsync("createrawtransaction", inputs, $$"""{"{{Alice}}":1.5,"{{bob}}":"0.00000001","data":"99"}""");
        var two = await _rpc.TextAsync("createrawtransaction", inputs, $$"""[{"{{Alice}}":1.5},{"{{bob}}":0.00000001},{"data":"99"}]""");
        Assert.Equal(one, two);
        var transaction = Transaction.TryDecode(Convert.FromHexString(one))!;
        Assert.Equal([150_000_000L, 1L, 0L], transaction.Outputs.Select(output => output.Value));
        Assert.Equal("6a0199", Hex.Of(transaction.Outputs[2].ScriptPubKey.Span));
        Assert.Equal((2, 0xfffffffdu, 9u), (transaction.Version, transaction.Inputs[0].Sequence, transaction.Inputs[0].PreviousOutput.Index));
    }

    [Theory]
    [InlineData("[{T}]", "7", "false", 0xfffffffeu)]
    [InlineData("[{T}]", "0", "false", 0xffffffffu)]
    [InlineData("[{T}]", "0", "true", 0xfffffffdu)]
    [InlineData("[{S}]", "0", "false", 1000u)]
    public async Task CreateRawTransaction_Sequence_ByLockTimeAndReplaceable(string inputs, string lockTime, string replaceable, uint expected)
    {
        inputs = inputs.Replace("{T}", $$"""{"txid":"{{Id}}","vout":0}""", StringComparison.Ordinal).Replace("{S}", $$"""{"txid":"{{Id}}","vout":0,"sequence":1000}""", StringComparison.Ordinal);
        var raw = await _rpc.TextAsync("createrawtransaction", inputs, $$"""{"{{Alice}}":1}""", lockTime, replaceable);
        Assert.Equal(expected, Transaction.TryDecode(Convert.FromHexString(raw))!.Inputs[0].Sequence);
    }

    /// <summary>The cases of Core's rpc_rawtransaction.py.</summary>
    [Theory]
    [InlineData(-1, "createrawtransaction", "[]")]
    [InlineData(-1, "createrawtransaction", "[]", "{}", "0", "false", "2", "\"foo\"")]
    [InlineData(-3, "JSON value of type string is not of expected type array", "\"foo\"", "{}")]
    [InlineData(-3, "JSON value of type string is not of expected type object", "[\"foo\"]", "{}")]
    [InlineData(-3, "JSON value of type null is not of expected type string", "[{}]", "{}")]
    [InlineData(-8, "txid must be of length 64 (not 3, for 'foo')", "[{\"txid\":\"foo\"}]", "{}")]
    [InlineData(-8, "txid must be hexadecimal string (not 'ZZZ7bb8b1697ea987f3b223ba7819250cae33efacb068d23dc24859824a77844')", "[{\"txid\":\"ZZZ7bb8b1697ea987f3b223ba7819250cae33efacb068d23dc24859824a77844\"}]", "{}")]
    [InlineData(-8, "Invalid parameter, missing vout key", "[{\"txid\":\"" + Id + "\"}]", "{}")]
    [InlineData(-8, "Invalid parameter, missing vout key", "[{\"txid\":\"" + Id + "\",\"vout\":\"foo\"}]", "{}")]
    [InlineData(-8, "Invalid parameter, vout cannot be negative", "[{\"txid\":\"" + Id + "\",\"vout\":-1}]", "{}")]
    [InlineData(-8, "Invalid parameter, sequence number is out of range", "[{\"txid\":\"" + Id + "\",\"vout\":1,\"sequence\":-1}]", "{}")]
    [InlineData(-8, "Invalid parameter, sequence number is out of range", "[{\"txid\":\"" + Id + "\",\"vout\":1,\"sequence\":4294967296}]", "{}")]
    [InlineData(-3, "JSON value of type string is not of expected type array", "[]", "\"foo\"")]
    [InlineData(-8, "Data must be hexadecimal string", "[]", "{\"data\":\"foo\"}")]
    [InlineData(-5, "Invalid Bitcoin address: foo", "[]", "{\"foo\":0}")]
    [InlineData(-3, "Invalid amount", "[]", "{\"{A}\":\"foo\"}")]
    [InlineData(-3, "Amount out of range", "[]", "{\"{A}\":-1}")]
    [InlineData(-8, "Invalid parameter, duplicated address: {A}", "[]", "[{\"{A}\":1},{\"{A}\":1}]")]
    [InlineData(-8, "Invalid parameter, duplicate key: data", "[]", "[{\"data\":\"aa\"},{\"data\":\"bb\"}]")]
    [InlineData(-8, "Invalid parameter, key-value pair must contain exactly one key", "[]", "[{\"a\":1,\"b\":2}]")]
    [InlineData(-8, "Invalid parameter, key-value pair not an object as expected", "[]", "[[\"a\"],[\"2\"]]")]
    [InlineData(-8, "Invalid parameter combination: Sequence number(s) contradict replaceable option", "[{\"txid\":\"" + Id + "\",\"vout\":0,\"sequence\":4294967294}]", "{}", "0", "true")]
    [InlineData(-3, "JSON value of type string is not of expected type number", "[]", "{}", "\"foo\"")]
    [InlineData(-8, "Invalid parameter, locktime out of range", "[]", "{}", "-1")]
    [InlineData(-8, "Invalid parameter, locktime out of range", "[]", "{}", "4294967296")]
    [InlineData(-3, "JSON value of type string is not of expected type bool", "[]", "{}", "0", "\"foo\"")]
    public Task CreateRawTransaction_BadParameters_CoresWords(int code, string message, params string[] values) =>
        _rpc.FailsAsync(code, message.Replace("{A}", Alice, StringComparison.Ordinal), "createrawtransaction", [.. values.Select(value => value.Replace("{A}", Alice, StringComparison.Ordinal))]);

    [Fact]
    public async Task DecodeRawTransaction_Payment_EveryField()
    {
        var payment = _rpc.Chain.Payment(1000);
        var json = Fields.Check(await _rpc.CallAsync("decoderawtransaction", Raw(payment)), TransactionFields);
        Assert.Equal(payment.Id.ToString(), json["txid"]!.GetValue<string>());
        var input = Fields.Check(json["vin"]![0], "txid:h64 vout:i scriptSig:o sequence:i");
        var asm = Fields.Check(input["scriptSig"], "asm:s hex:h")["asm"]!.GetValue<string>();
        Assert.Matches("^30[0-9a-f]+\\[ALL\\] 0[23][0-9a-f]{64}$", asm);
        var output = Fields.Check(json["vout"]![0], "value:n n:i scriptPubKey:o");
        Assert.Equal("9.99999000", output["value"]!.ToJsonString());
        var script = Fields.Check(output["scriptPubKey"], "asm:s desc:s hex:h address:s type:s");
        Assert.Equal(("pubkeyhash", Alice), (script["type"]!.GetValue<string>(), script["address"]!.GetValue<string>()));
        Assert.StartsWith($"addr({Alice})#", script["desc"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    /// <summary>Cases of rpc_rawtransaction.py: one is only sound with witness, one only without, one coinbase in both forms.</summary>
    [Fact]
    public async Task DecodeRawTransaction_IsWitness_DecidesTheForm()
    {
        const string Witness = "\"010000000001010000000000000072c1a6a246ae63f74f931e8365e15a089c68d61900000000000000000000ffffffff0100e1f50500000000000102616100000000\"";
        const string Legacy = "\"01000000010000000000000072c1a6a246ae63f74f931e8365e15a089c68d61900000000000000000000ffffffff0100e1f505000000000000000000\"";
        Assert.Equal("1.00000000", (await _rpc.CallAsync("decoderawtransaction", Witness, "true"))!["vout"]![0]!["value"]!.ToJsonString());
        await _rpc.FailsAsync(-22, "TX decode failed", "decoderawtransaction", Witness, "false");
        Assert.Equal("1.00000000", (await _rpc.CallAsync("decoderawtransaction", Legacy, "false"))!["vout"]![0]!["value"]!.ToJsonString());
        await _rpc.FailsAsync(-22, "TX decode failed", "decoderawtransaction", "\"00\"");
        await _rpc.FailsAsync(-22, "TX decode failed", "decoderawtransaction", "\"zz\"");
        var empty = await _rpc.TextAsync("createrawtransaction", "[]", $$"""{"{{Alice}}":1}""");
        Assert.Equal("1.00000000", (await _rpc.CallAsync("decoderawtransaction", Quote(empty)))!["vout"]![0]!["value"]!.ToJsonString());
        Assert.Equal(uint.MaxValue, (await _rpc.CallAsync("decoderawtransaction", "\"ffffffff000000000000\""))!["version"]!.GetValue<uint>());
    }

    [Fact]
    public async Task GetRawTransaction_WaitingAndMined_ByVerbosity()
    {
        var payment = _rpc.Chain.Payment(1000);
        await _rpc.CallAsync("sendrawtransaction", Raw(payment), "0");
        var id = Quote(payment.Id.ToString());
        Assert.Equal(Raw(payment), Quote(await _rpc.TextAsync("getrawtransaction", id)));
        Assert.Equal(Raw(payment), Quote(await _rpc.TextAsync("getrawtransaction", id, "false")));
        Fields.Check(await _rpc.CallAsync("getrawtransaction", id, "2"), TransactionFields + " hex:h");

        var block = _rpc.Chain.Grow(payment);
        var hash = Quote(block.Hash.ToString());
        Fields.Check(await _rpc.CallAsync("getrawtransaction", id, "true"), TransactionFields + " hex:h blockhash:h64 confirmations:i time:i blocktime:i");
        var json = Fields.Check(await _rpc.CallAsync("getrawtransaction", id, "2", hash),
            TransactionFields + " hex:h blockhash:h64 confirmations:i time:i blocktime:i in_active_chain:b fee:n");
        Assert.Equal("0.00001000", json["fee"]!.ToJsonString());
        Assert.True(json["in_active_chain"]!.GetValue<bool>());
        var input = Fields.Check(json["vin"]![0], "txid:h64 vout:i scriptSig:o sequence:i prevout:o");
        Fields.Check(input["prevout"], "generated:b height:i value:n scriptPubKey:o");
        var coinbase = Quote(block.Transactions[0].Id.ToString());
        Assert.False((await _rpc.CallAsync("getrawtransaction", coinbase, "2", hash))!.AsObject().ContainsKey("fee"));
        await _rpc.FailsAsync(-5, "No such transaction found in the provided block. Use gettransaction for wallet transactions.", "getrawtransaction", Quote(Id), "0", hash);
    }

    /// <summary>Also where all its outputs are spent.</summary>
    [Fact]
    public async Task GetRawTransaction_SpentOfTheChain_FoundByTheIndex()
    {
        var first = _rpc.Chain.Payment(1000);
        var second = Keys.Spend(new OutPoint(first.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 1000));
        var block = _rpc.Chain.Grow(first, second);
        var json = await _rpc.CallAsync("getrawtransaction", Quote(first.Id.ToString()), "1");
        Assert.Equal((block.Hash.ToString(), 1), (json!["blockhash"]!.GetValue<string>(), json["confirmations"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData(-5, "No such mempool or blockchain transaction. Use gettransaction for wallet transactions.", "\"" + Id + "\"")]
    [InlineData(-3, "not of expected type number", "\"" + Id + "\"", "\"True\"")]
    [InlineData(-3, "not of expected type number", "\"" + Id + "\"", "[]")]
    [InlineData(-3, "JSON value of type bool is not of expected type string", "\"" + Id + "\"", "true", "true")]
    [InlineData(-8, "parameter 1 must be of length 64 (not 3, for 'abc')", "\"abc\"")]
    [InlineData(-8, "parameter 3 must be of length 64 (not 6, for 'foobar')", "\"" + Id + "\"", "true", "\"foobar\"")]
    [InlineData(-5, "Block hash not found", "\"" + Id + "\"", "true", "\"0000000000000000000000000000000000000000000000000000000000000000\"")]
    public Task GetRawTransaction_BadParameters_CoresWords(int code, string message, params string[] values) => _rpc.FailsAsync(code, message, "getrawtransaction", values);

    [Fact]
    public async Task GetRawTransaction_GenesisOfRegtest_NoOrdinaryTransaction()
    {
        using var rpc = new RpcBench(TestChains.Regtest);
        await rpc.FailsAsync(-5, "The genesis block coinbase is not considered an ordinary transaction", "getrawtransaction", Quote(rpc.Params.Genesis.Header.MerkleRoot.ToString()));
    }

    [Fact]
    public async Task SignRawTransactionWithKey_OwnCoin_Complete()
    {
        var coin = _rpc.Chain.Builder["genesis"].Reward;
        var raw = await _rpc.TextAsync("createrawtransaction", $$"""[{"txid":"{{coin.TxId}}","vout":{{coin.Index}}}]""", $$"""{"{{Alice}}":9.99}""");
        var json = Fields.Check(await _rpc.CallAsync("signrawtransactionwithkey", Quote(raw), $"[{Quote(Keys.Miner.ToWif(_rpc.Params.WifVersion))}]"), "hex:h complete:b");
        Assert.True(json["complete"]!.GetValue<bool>());
        Assert.True((await _rpc.CallAsync("testmempoolaccept", $"[{Quote(json["hex"]!.GetValue<string>())}]", "0"))![0]!["allowed"]!.GetValue<bool>());

        var unsigned = Fields.Check(await _rpc.CallAsync("signrawtransactionwithkey", Quote(raw), "[]"), "hex:h complete:b errors:a");
        Assert.False(unsigned["complete"]!.GetValue<bool>());
        Fields.Check(unsigned["errors"]![0], "txid:h64 vout:i witness:a scriptSig:h sequence:i error:s");
        Assert.Equal("Unable to sign input, invalid stack size (possibly missing key)", unsigned["errors"]![0]!["error"]!.GetValue<string>());
    }

    /// <summary>Keys, scripts and words of rpc_signrawtransactionwithkey.py and rpc_createmultisig.py.</summary>
    [Fact]
    public async Task SignRawTransactionWithKey_DescribedOutputs_SignedOrCoresWords()
    {
        using var rpc = new RpcBench(TestChains.Regtest);
        const string Inputs = """
            [{"txid":"9b907ef1e3c26fc71fe4a4b3580bc75264112f95050014157059c736f0202e71","vout":0,"scriptPubKey":"76a91460baa0f494b38ce3c940dea67f3804dc52d1fb9488ac"},
            {"txid":"83a4f6a6b73660e13ee6cb3c6063fa3759c50c9b7521d0536022961898f4fb02","vout":0,"scriptPubKey":"76a914669b857c03a5ed269d5d85a1ffac9ed5d663072788ac"}]
            """;
        const string Two = """["cUeKHd5orzT3mz8P9pxyREHfsWtVfgsfDjiZZBcjUBAaGk1BTj7N","cVKpPfVKSJxKqVpE9awvXNWuLHCa5j5tiE7K6zbUSptFpTEtiFrA"]""";
        var raw = Quote(await rpc.TextAsync("createrawtransaction", Inputs, """{"mpLQjfK79b7CCV4VMJWEWAj5Mpx8Up5zxB":0.1}"""));
        Fields.Check(await rpc.CallAsync("signrawtransactionwithkey", raw, Two, Inputs), "hex:h complete:b");
        var unknown = await rpc.CallAsync("signrawtransactionwithkey", raw, Two);
        Assert.Equal("Input not found or already spent", unknown!["errors"]![0]!["error"]!.GetValue<string>());
        await rpc.FailsAsync(-8, "'all' is not a valid sighash parameter.", "signrawtransactionwithkey", raw, Two, "[]", "\"all\"");
        await rpc.FailsAsync(-5, "Invalid private key", "signrawtransactionwithkey", raw, "[\"123\"]");
        await rpc.FailsAsync(-22, "TX decode failed. Make sure the tx has at least one input.", "signrawtransactionwithkey", raw[..^1] + "00\"", Two);
        await rpc.FailsAsync(-3, "Missing vout", "signrawtransactionwithkey", raw, Two, $$"""[{"txid":"{{Id}}","scriptPubKey":"51"}]""");
        await rpc.FailsAsync(-3, "Missing txid", "signrawtransactionwithkey", raw, Two, """[{"vout":1,"scriptPubKey":"51"}]""");
        await rpc.FailsAsync(-3, "Missing scriptPubKey", "signrawtransactionwithkey", raw, Two, $$"""[{"txid":"{{Id}}","vout":1}]""");
        await rpc.FailsAsync(-22, "expected object", "signrawtransactionwithkey", raw, Two, "[1]");

        // A witness signs the amount, which nobody says here.
        var witness = $$"""[{"txid":"9b907ef1e3c26fc71fe4a4b3580bc75264112f95050014157059c736f0202e71","vout":0,"scriptPubKey":"001460baa0f494b38ce3c940dea67f3804dc52d1fb94"}]""";
        await rpc.FailsAsync(-3, "Missing amount for CTxOut(nValue=21000000.00000000, scriptPubKey=001460baa0f494b38ce3c940dea67f)", "signrawtransactionwithkey", raw, Two, witness);
    }

    /// <summary>Nobody signs for an anchor: it is complete as it stands.</summary>
    [Fact]
    public async Task SignRawTransactionWithKey_Anchor_NeedsNothing()
    {
        using var rpc = new RpcBench(TestChains.Regtest);
        var place = $$"""[{"txid":"{{Id}}","vout":0,"scriptPubKey":"51024e73","amount":1}]""";
        var raw = await rpc.TextAsync("createrawtransaction", place, """{"mpLQjfK79b7CCV4VMJWEWAj5Mpx8Up5zxB":0.1}""");
        var signed = Fields.Check(await rpc.CallAsync("signrawtransactionwithkey", Quote(raw), "[]", place), "hex:h complete:b");
        Assert.Equal((true, raw), (signed["complete"]!.GetValue<bool>(), signed["hex"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("p2sh-segwit")]
    [InlineData("bech32")]
    public async Task MultiSig_TwoOfThree_SignedInPartsAndCombined(string type)
    {
        var keys = new[] { Keys.Alice, Keys.Bob, Keys.Of(77) };
        var multi = Fields.Check(await _rpc.CallAsync("createmultisig", "2", $"[{string.Join(',', keys.Select(key => Quote(key.PublicKey.ToString())))}]", Quote(type)),
            "address:s redeemScript:h descriptor:s");
        Address.TryParse(multi["address"]!.GetValue<string>(), _rpc.Params.AddressFormat, out var address);
        var script = StandardScripts.PayTo(address);
        var funding = Keys.Spend(_rpc.Chain.Builder["genesis"].Reward, Keys.Miner, new TxOut(5 * Amount.Coin, script));
        _rpc.Chain.Grow(funding);
        var raw = Quote(await _rpc.TextAsync("createrawtransaction", $$"""[{"txid":"{{funding.Id}}","vout":0}]""", $$"""{"{{Alice}}":4.999}"""));
        string Previous(string scripts) => $$"""[{"txid":"{{funding.Id}}","vout":0,"scriptPubKey":"{{Hex.Of(script)}}",{{scripts}}"amount":5}]""";
        string Wif(PrivateKey key) => $"[{Quote(key.ToWif(_rpc.Params.WifVersion))}]";
        var redeem = multi["redeemScript"]!.GetValue<string>();
        await _rpc.FailsAsync(-8, "Missing redeemScript/witnessScript", "signrawtransactionwithkey", raw, Wif(keys[0]), Previous(""));
        await _rpc.FailsAsync(-8, "redeemScript does not correspond to witnessScript", "signrawtransactionwithkey", raw, Wif(keys[0]), Previous($"\"witnessScript\":\"{redeem}\",\"redeemScript\":\"6a\","));
        await _rpc.FailsAsync(-8, "redeemScript/witnessScript does not match scriptPubKey", "signrawtransactionwithkey", raw, Wif(keys[0]), Previous("\"redeemScript\":\"6a\","));
        var parts = new List<string>();
        foreach (var key in (PrivateKey[])[keys[2], keys[0]])
        {
            var part = await _rpc.CallAsync("signrawtransactionwithkey", raw, Wif(key), Previous($"\"redeemScript\":\"{redeem}\","));
            Assert.False(part!["complete"]!.GetValue<bool>());
            parts.Add(Quote(part["hex"]!.GetValue<string>()));
        }

        await _rpc.FailsAsync(-22, "TX decode failed for tx 1", "combinerawtransaction", $"[{parts[0]},{parts[1][..^1]}00\"]");
        await _rpc.FailsAsync(-22, "Missing transactions", "combinerawtransaction", "[]");
        await _rpc.FailsAsync(-8, "Transaction number 2 not compatible with first transaction", "combinerawtransaction", $"[{parts[0]},{Raw(funding)}]");
        var whole = Quote(await _rpc.TextAsync("combinerawtransaction", $"[{string.Join(',', parts)}]"));
        var sent = await _rpc.TextAsync("sendrawtransaction", whole, "0");
        var transaction = Transaction.TryDecode(Convert.FromHexString(whole.Trim('"')))!;
        Assert.Equal(transaction.Id.ToString(), sent);
        if (transaction.HasWitness) return;

        // Blocks of the builder commit to no witness.
        _rpc.Chain.Grow(transaction);
        await _rpc.FailsAsync(-25, "Input not found or already spent", "combinerawtransaction", $"[{string.Join(',', parts)}]");
    }

    [Theory]
    [InlineData(-3, "JSON value of type string is not of expected type array", "\"a\"")]
    [InlineData(-3, "JSON value of type number is not of expected type string", "[1]")]
    public Task CombineRawTransaction_BadParameters_CoresWords(int code, string message, params string[] values) => _rpc.FailsAsync(code, message, "combinerawtransaction", values);
}
