using System.Text.Json.Nodes;
using Chain.Node.Rpc;
using Chain.Tests.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>What each method about blocks, coins and branches answers, member by member.</summary>
public sealed class ChainMethodsTests : IDisposable
{
    private const string Header =
        "hash:hash confirmations:number height:number version:number versionHex:hex merkleroot:hash time:number mediantime:number nonce:number bits:hex target:hash "
        + "difficulty:number chainwork:hash nTx:number";

    private const string Block = Header + " strippedsize:number size:number weight:number tx:array";

    private readonly RpcChain _chain = new();

    public void Dispose() => _chain.Dispose();

    [Fact]
    public async Task Tip_EachWayToAsk()
    {
        _chain.Grow();
        var genesis = _chain.Open.Builder.Params.Genesis.Hash.ToString();
        Assert.Equal("1", (await _chain.CallAsync("getblockcount"))!.ToJsonString());
        Assert.Equal(_chain.TipHash, (await _chain.CallAsync("getbestblockhash"))!.GetValue<string>());
        Assert.Equal(_chain.TipHash, (await _chain.CallAsync("getblockhash", 1))!.GetValue<string>());
        Assert.Equal(genesis, (await _chain.CallTextAsync("getblockhash", """{"height":0}"""))!.GetValue<string>());
        Assert.Equal("4.656542373906925E-10", (await _chain.CallAsync("getdifficulty"))!.ToJsonString());
    }

    [Fact]
    public async Task GetBlockHeader_DecodedAndNot()
    {
        _chain.Grow();
        var (genesis, tip) = (_chain.Open.Builder["genesis"], _chain.Open.Builder.Tip);
        var json = await _chain.CallAsync("getblockheader", tip.Hash.ToString());
        JsonShape.Assert(json, Header + " previousblockhash:hash");
        Assert.Equal((1, 1, 1), (json!["confirmations"]!.GetValue<int>(), json["height"]!.GetValue<int>(), json["nTx"]!.GetValue<int>()));
        Assert.Equal(genesis.Hash.ToString(), json["previousblockhash"]!.GetValue<string>());
        Assert.Equal("7fffff" + new string('0', 58), json["target"]!.GetValue<string>());
        JsonShape.Assert(await _chain.CallAsync("getblockheader", genesis.Hash.ToString(), true), Header + " nextblockhash:hash");
        Assert.Equal(Hex.Of(tip.Header.ToByteArray()), (await _chain.CallAsync("getblockheader", tip.Hash.ToString(), false))!.GetValue<string>());
    }

    // genesis -> 1 -> 2
    //        \-> a1
    [Fact]
    public async Task GetBlockHeader_BesideTheChain_MinusOneConfirmations()
    {
        var g = _chain.Open.Builder;
        _chain.Grow();
        _chain.Grow();
        g.SetTip("genesis");
        var a1 = g.NextBlock("a1");
        _chain.Loaded.Chainstate.ProcessBlock(a1.Block);
        var json = await _chain.ObjectAsync("getblockheader", a1.Hash.ToString());
        Assert.Equal(-1, json["confirmations"]!.GetValue<int>());
        Assert.False(json.ContainsKey("nextblockhash"));
    }

    [Fact]
    public async Task GetBlock_EachVerbosity()
    {
        var first = _chain.Open.Payment(fee: 1000);
        var second = Keys.Spend(new Core.Primitives.OutPoint(first.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, first.Outputs[0].Value - 500));
        var block = _chain.Grow(first, second);
        var hash = block.Hash.ToString();
        Assert.Equal(Hex.Of(block.Raw.Span), (await _chain.CallAsync("getblock", hash, 0))!.GetValue<string>());
        Assert.Equal(Hex.Of(block.Raw.Span), (await _chain.CallAsync("getblock", hash, false))!.GetValue<string>());

        var one = await _chain.CallAsync("getblock", hash);
        JsonShape.Assert(one, Block + " previousblockhash:hash");
        Assert.Equal(block.Transactions.Select(transaction => transaction.Id.ToString()), one!["tx"]!.AsArray().Select(id => id!.GetValue<string>()));
        Assert.Equal(one.ToJsonString(), (await _chain.CallAsync("getblock", hash, true))!.ToJsonString());
        Assert.Equal(one.ToJsonString(), (await _chain.CallTextAsync("getblock", $$"""{"blockhash":"{{hash}}","verbose":1}"""))!.ToJsonString());

        var two = (await _chain.CallAsync("getblock", hash, 2))!["tx"]!.AsArray();
        Assert.Equal([null, "0.00001000", "0.00000500"], two.Select(transaction => transaction!["fee"]?.ToJsonString()));
        Assert.Null(two[1]!["vin"]![0]!["prevout"]);

        var three = (await _chain.CallAsync("getblock", hash, 3))!["tx"]!.AsArray();
        Assert.Null(three[0]!["vin"]![0]!["prevout"]);
        var (ofGenesis, ofBlock) = (three[1]!["vin"]![0]!["prevout"]!, three[2]!["vin"]![0]!["prevout"]!);
        JsonShape.Assert(ofGenesis, "generated:bool height:number value:money scriptPubKey:object");
        Assert.Equal((true, 0, "10.00000000"), (ofGenesis["generated"]!.GetValue<bool>(), ofGenesis["height"]!.GetValue<int>(), ofGenesis["value"]!.ToJsonString()));
        Assert.Equal((false, 1, "9.99999000"), (ofBlock["generated"]!.GetValue<bool>(), ofBlock["height"]!.GetValue<int>(), ofBlock["value"]!.ToJsonString()));
    }

    [Fact]
    public async Task GetBlockchainInfo_EachMember()
    {
        _chain.Grow();
        var json = await _chain.CallAsync("getblockchaininfo");
        JsonShape.Assert(json,
            "chain:string blocks:number headers:number bestblockhash:hash bits:hex target:hash difficulty:number time:number mediantime:number verificationprogress:number "
            + "initialblockdownload:bool chainwork:hash size_on_disk:number pruned:bool softforks:object warnings:string");
        Assert.Equal((1, 1, _chain.TipHash), (json!["blocks"]!.GetValue<int>(), json["headers"]!.GetValue<int>(), json["bestblockhash"]!.GetValue<string>()));
        foreach (var name in (string[])["bip34", "bip66", "bip65", "csv", "segwit", "taproot"]) JsonShape.Assert(json["softforks"]![name], "type:string active:bool height:number");
        JsonShape.Assert(await _chain.CallAsync("getdeploymentinfo"), "hash:hash height:number deployments:object");
    }

    /// <summary>Until the tip has once been less than a day old, whatever the clock does then.</summary>
    [Fact]
    public async Task GetBlockchainInfo_InitialDownload_EndsForGood()
    {
        _chain.Open.Clock.Advance(DateTimeOffset.FromUnixTimeSeconds(TestChains.GenesisTime).AddDays(10) - _chain.Open.Clock.GetUtcNow());
        Assert.True((await _chain.ObjectAsync("getblockchaininfo"))["initialblockdownload"]!.GetValue<bool>());
        var block = _chain.Open.Builder.NextBlock("late", draft => draft.Time = (uint)_chain.Loaded.Chainstate.Now - 3600).Block;
        _chain.Loaded.Chainstate.ProcessBlock(block);
        _chain.Open.Clock.Advance(TimeSpan.FromDays(3));
        Assert.False((await _chain.ObjectAsync("getblockchaininfo"))["initialblockdownload"]!.GetValue<bool>());
    }

    [Fact]
    public async Task GetTxOut_UnspentSpentAndWaiting()
    {
        var payment = _chain.Open.Payment(fee: 1000);
        var genesis = _chain.Open.Builder["genesis"].Reward.TxId.ToString();
        var json = await _chain.CallAsync("gettxout", genesis, 0);
        JsonShape.Assert(json, "bestblock:hash confirmations:number value:money scriptPubKey:object coinbase:bool");
        Assert.Equal((1, true), (json!["confirmations"]!.GetValue<int>(), json["coinbase"]!.GetValue<bool>()));
        Assert.Null(_chain.Loaded.Mempool.Accept(payment));
        Assert.Null(await _chain.CallAsync("gettxout", genesis, 0));
        Assert.NotNull(await _chain.CallAsync("gettxout", genesis, 0, false));
        Assert.Equal(0, (await _chain.ObjectAsync("gettxout", payment.Id.ToString(), 0))["confirmations"]!.GetValue<int>());
        Assert.Null(await _chain.CallAsync("gettxout", payment.Id.ToString(), 4294967295));
    }

    [Fact]
    public async Task GetTxOutSetInfo_EachHash()
    {
        _chain.Grow(_chain.Open.Payment());
        const string Common = "height:number bestblock:hash txouts:number bogosize:number total_amount:money transactions:number disk_size:number";
        var json = await _chain.CallAsync("gettxoutsetinfo");
        JsonShape.Assert(json, Common + " hash_serialized_3:hash");
        Assert.Equal((1, 2, 2, "20.00000000"), (json!["height"]!.GetValue<int>(), json["txouts"]!.GetValue<int>(), json["transactions"]!.GetValue<int>(), json["total_amount"]!.ToJsonString()));
        JsonShape.Assert(await _chain.CallAsync("gettxoutsetinfo", "muhash"), Common + " muhash:hash");
        JsonShape.Assert(await _chain.CallAsync("gettxoutsetinfo", "none"), Common);
    }

    [Fact]
    public async Task GetBlockStats_EachFigure()
    {
        var payment = _chain.Open.Payment(fee: 1000);
        var block = _chain.Grow(payment);
        var json = await _chain.ObjectAsync("getblockstats", 1);
        JsonShape.Assert(json,
            "avgfee:number avgfeerate:number avgtxsize:number blockhash:hash feerate_percentiles:array height:number ins:number maxfee:number maxfeerate:number maxtxsize:number "
            + "medianfee:number mediantime:number mediantxsize:number minfee:number minfeerate:number mintxsize:number outs:number subsidy:number swtotal_size:number "
            + "swtotal_weight:number swtxs:number time:number total_out:number total_size:number total_weight:number totalfee:number txs:number utxo_increase:number "
            + "utxo_size_inc:number utxo_increase_actual:number utxo_size_inc_actual:number");
        var rate = 1000 / payment.VirtualSize;
        Assert.Equal(
            (1000L, rate, payment.Size, 1, 2, 1_000_000_000L, 999_999_000L, 2, 1, 75L),
            (json["totalfee"]!.GetValue<long>(), json["avgfeerate"]!.GetValue<int>(), json["avgtxsize"]!.GetValue<int>(), json["ins"]!.GetValue<int>(), json["outs"]!.GetValue<int>(),
                json["subsidy"]!.GetValue<long>(), json["total_out"]!.GetValue<long>(), json["txs"]!.GetValue<int>(), json["utxo_increase"]!.GetValue<int>(), json["utxo_size_inc"]!.GetValue<long>()));
        Assert.Equal($"[{rate},{rate},{rate},{rate},{rate}]", json["feerate_percentiles"]!.ToJsonString());
        Assert.Equal(json.ToJsonString(), (await _chain.CallAsync("getblockstats", block.Hash.ToString()))!.ToJsonString());
        Assert.Equal("""{"height":1,"txs":2}""", (await _chain.CallAsync("getblockstats", 1, new JsonArray("txs", "height")))!.ToJsonString());
        Assert.Equal("""{"maxfee":0,"mintxsize":0}""", (await _chain.CallAsync("getblockstats", 0, new JsonArray("mintxsize", "maxfee")))!.ToJsonString());
    }

    [Fact]
    public async Task GetChainTxStats_OverAWindowAndWithout()
    {
        for (var i = 0; i < 5; i++) _chain.Grow();
        var spacing = _chain.Loaded.Params.TargetSpacing;
        var json = await _chain.CallAsync("getchaintxstats", 2);
        JsonShape.Assert(json,
            "time:number txcount:number window_final_block_hash:hash window_final_block_height:number window_block_count:number window_interval:number window_tx_count:number txrate:number");
        Assert.Equal((6, 2, 2, 5), (json!["txcount"]!.GetValue<int>(), json["window_block_count"]!.GetValue<int>(), json["window_tx_count"]!.GetValue<int>(), json["window_final_block_height"]!.GetValue<int>()));
        Assert.Equal(2.0 / json["window_interval"]!.GetValue<long>(), json["txrate"]!.GetValue<double>());
        Assert.Equal(4, (await _chain.ObjectAsync("getchaintxstats"))["window_block_count"]!.GetValue<int>());
        JsonShape.Assert(await _chain.CallTextAsync("getchaintxstats", $$"""{"blockhash":"{{_chain.Open.Builder["grown 1"].Hash}}"}"""),
            "time:number txcount:number window_final_block_hash:hash window_final_block_height:number window_block_count:number");
    }

    // genesis -> 1 -> 2
    //        \-> a1 -> a2
    [Fact]
    public async Task Branches_TipsAndWhatChangesThem()
    {
        var g = _chain.Open.Builder;
        _chain.Grow();
        var two = _chain.Grow().Hash.ToString();
        g.SetTip("genesis");
        _chain.Loaded.Chainstate.ProcessBlock(g.NextBlock("a1").Block);
        var a2 = g.NextBlock("a2");
        _chain.Loaded.Chainstate.ProcessBlock(a2.Block);
        Assert.Equal([$"2 {two} 0 active", $"2 {a2.Hash} 2 valid-headers"], await TipsAsync());
        Assert.Null(await _chain.CallAsync("preciousblock", a2.Hash.ToString()));
        Assert.Equal([$"2 {a2.Hash} 0 active", $"2 {two} 2 valid-fork"], (await TipsAsync()).Order(StringComparer.Ordinal).OrderBy(tip => tip.EndsWith("fork", StringComparison.Ordinal)));
        Assert.Null(await _chain.CallAsync("invalidateblock", g["a1"].Hash.ToString()));
        Assert.Equal(two, _chain.TipHash);
        Assert.Contains($"2 {a2.Hash} 2 invalid", await TipsAsync());
        Assert.Null(await _chain.CallAsync("reconsiderblock", a2.Hash.ToString()));
        Assert.Contains($"2 {a2.Hash} 0 active", await TipsAsync());
        Assert.True((await _chain.CallAsync("verifychain"))!.GetValue<bool>());
        Assert.True((await _chain.CallAsync("verifychain", 4, 0))!.GetValue<bool>());

        async Task<List<string>> TipsAsync()
        {
            var tips = (await _chain.CallAsync("getchaintips"))!.AsArray();
            foreach (var tip in tips) JsonShape.Assert(tip, "height:number hash:hash branchlen:number status:string");
            return [.. tips.Select(tip => $"{tip!["height"]} {tip["hash"]} {tip["branchlen"]} {tip["status"]}")];
        }
    }

    [Fact]
    public async Task Waiting_UntilTheTipIsThere()
    {
        var next = _chain.CallAsync("waitfornewblock");
        var third = _chain.CallAsync("waitforblockheight", 3, 60_000);
        _chain.Grow();
        var tip = _chain.TipHash;
        var json = await next;
        JsonShape.Assert(json, "hash:hash height:number");
        Assert.Equal(tip, json!["hash"]!.GetValue<string>());
        _chain.Grow();
        Assert.False(third.IsCompleted);
        _chain.Grow();
        Assert.Equal(3, (await third)!["height"]!.GetValue<int>());
        Assert.Equal(3, (await _chain.ObjectAsync("waitforblock", _chain.TipHash))["height"]!.GetValue<int>());
        Assert.Equal(3, (await _chain.ObjectAsync("waitforblock", tip, 1))["height"]!.GetValue<int>());
        Assert.Equal(3, (await _chain.ObjectAsync("waitforblockheight", 4, 1))["height"]!.GetValue<int>());
        Assert.Equal(3, (await _chain.ObjectAsync("waitfornewblock", 0, tip))["height"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("getblockcount", "[1]", -1, "getblockcount")]
    [InlineData("getbestblockhash", "[1]", -1, "getbestblockhash")]
    [InlineData("getdifficulty", "[1]", -1, "getdifficulty")]
    [InlineData("getblockhash", "[]", -1, "getblockhash height")]
    [InlineData("getblockhash", "[\"0\"]", -3, "JSON value of type string is not of expected type number")]
    [InlineData("getblockhash", "[0.5]", -1, "JSON integer out of range")]
    [InlineData("getblockhash", "[99]", -8, "Block height out of range")]
    [InlineData("getblockhash", "{\"tallness\":1}", -8, "Unknown named parameter tallness")]
    [InlineData("getblockheader", "[\"nonsense\"]", -8, "hash must be of length 64 (not 8, for 'nonsense')")]
    [InlineData("getblockheader", "[\"ZZZ7bb8b1697ea987f3b223ba7819250cae33efacb068d23dc24859824a77844\"]", -8,
        "hash must be hexadecimal string (not 'ZZZ7bb8b1697ea987f3b223ba7819250cae33efacb068d23dc24859824a77844')")]
    [InlineData("getblockheader", "[\"0cf7bb8b1697ea987f3b223ba7819250cae33efacb068d23dc24859824a77844\"]", -5, "Block not found")]
    [InlineData("getblock", "[\"0\"]", -8, "blockhash must be of length 64 (not 1, for '0')")]
    [InlineData("getblock", "[\"0cf7bb8b1697ea987f3b223ba7819250cae33efacb068d23dc24859824a77844\", \"2\"]", -3, "JSON value of type string is not of expected type number")]
    [InlineData("getblock", "[\"0cf7bb8b1697ea987f3b223ba7819250cae33efacb068d23dc24859824a77844\"]", -5, "Block not found")]
    [InlineData("getblockchaininfo", "[1]", -1, "getblockchaininfo")]
    [InlineData("getdeploymentinfo", "[\"0cf7bb8b1697ea987f3b223ba7819250cae33efacb068d23dc24859824a77844\"]", -5, "Block not found")]
    [InlineData("gettxout", "[\"00\", 0]", -8, "txid must be of length 64 (not 2, for '00')")]
    [InlineData("gettxout", "[\"0cf7bb8b1697ea987f3b223ba7819250cae33efacb068d23dc24859824a77844\", -1]", -1, "JSON integer out of range")]
    [InlineData("gettxoutsetinfo", "[\"foohash\"]", -8, "'foohash' is not a valid hash_type")]
    [InlineData("gettxoutsetinfo", "[\"none\", 0]", -8, "Querying specific block heights requires coinstatsindex")]
    [InlineData("getblockstats", "[-1]", -8, "Target block height -1 is negative")]
    [InlineData("getblockstats", "[9]", -8, "Target block height 9 after current tip 0")]
    [InlineData("getblockstats", "[\"00\"]", -8, "hash_or_height must be of length 64 (not 2, for '00')")]
    [InlineData("getblockstats", "[0, [\"minfee\", \"asdfghjkl\"]]", -8, "Invalid selected statistic 'asdfghjkl'")]
    [InlineData("getblockstats", "[0, [1]]", -3, "JSON value of type number is not of expected type string")]
    [InlineData("getblockstats", "[]", -1, "getblockstats hash_or_height")]
    [InlineData("getchaintxstats", "[\"\"]", -3, "JSON value of type string is not of expected type number")]
    [InlineData("getchaintxstats", "[-1]", -8, "Invalid block count: should be between 0 and the block's height - 1")]
    [InlineData("getchaintxstats", "[1]", -8, "Invalid block count: should be between 0 and the block's height - 1")]
    [InlineData("getchaintxstats", "{\"blockhash\":0}", -3, "JSON value of type number is not of expected type string")]
    [InlineData("getchaintips", "[1]", -1, "getchaintips")]
    [InlineData("verifychain", "[\"a\"]", -3, "JSON value of type string is not of expected type number")]
    [InlineData("invalidateblock", "[\"0cf7bb8b1697ea987f3b223ba7819250cae33efacb068d23dc24859824a77844\"]", -5, "Block not found")]
    [InlineData("reconsiderblock", "[\"0cf7bb8b1697ea987f3b223ba7819250cae33efacb068d23dc24859824a77844\"]", -5, "Block not found")]
    [InlineData("preciousblock", "[\"0\"]", -8, "blockhash must be of length 64 (not 1, for '0')")]
    [InlineData("waitfornewblock", "[-1]", -1, "Negative timeout")]
    [InlineData("waitforblock", "[\"0\", 1]", -8, "blockhash must be of length 64 (not 1, for '0')")]
    [InlineData("waitforblock", "[\"0cf7bb8b1697ea987f3b223ba7819250cae33efacb068d23dc24859824a77844\", -1]", -1, "Negative timeout")]
    [InlineData("waitforblockheight", "[1, -1]", -1, "Negative timeout")]
    [InlineData("waitforblockheight", "[\"1\"]", -3, "JSON value of type string is not of expected type number")]
    [InlineData("estimatesmartfee", "[]", -1, "estimatesmartfee conf_target")]
    [InlineData("estimatesmartfee", "[\"foo\"]", -3, "JSON value of type string is not of expected type number")]
    [InlineData("estimatesmartfee", "[1, 1]", -3, "JSON value of type number is not of expected type string")]
    [InlineData("estimatesmartfee", "[1, \"foo\"]", -8, "Invalid estimate_mode parameter, must be one of: \"unset\", \"economical\", \"conservative\"")]
    [InlineData("estimatesmartfee", "[1009]", -8, "Invalid conf_target, must be between 1 and 1008")]
    [InlineData("estimatesmartfee", "[1, \"economical\", 1]", -1, "estimatesmartfee conf_target")]
    [InlineData("validateaddress", "[]", -1, "validateaddress \"address\"")]
    [InlineData("validateaddress", "[1]", -3, "JSON value of type number is not of expected type string")]
    [InlineData("getindexinfo", "[1]", -3, "JSON value of type number is not of expected type string")]
    [InlineData("getmemoryinfo", "[\"foobar\"]", -8, "unknown mode foobar")]
    [InlineData("getmemoryinfo", "[\"mallocinfo\"]", -8, "mallocinfo mode not available")]
    [InlineData("help", "[0]", -3, "JSON value of type number is not of expected type string")]
    [InlineData("help", "[\"foo\", \"bar\"]", -1, "help ( \"command\" )")]
    [InlineData("setmocktime", "[1]", -1, "setmocktime is for regression testing (-regtest mode) only")]
    [InlineData("uptime", "[1]", -1, "uptime")]
    [InlineData("getrpcinfo", "[1]", -1, "getrpcinfo")]
    [InlineData("logging", "[1]", -3, "JSON value of type number is not of expected type array")]
    [InlineData("stop", "[\"a\"]", -3, "JSON value of type string is not of expected type number")]
    [InlineData("syncwithvalidationinterfacequeue", "[1]", -1, "syncwithvalidationinterfacequeue")]
    [InlineData("echo", "[0,1,2,3,4,5,6,7,8,9,10]", -1, "echo ( arg0")]
    [InlineData("nosuchmethod", "[]", -32601, "Method not found")]
    public async Task BadParameters_CoresCodeAndWords(string method, string parameters, int code, string words)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => _chain.CallTextAsync(method, parameters));
        Assert.Equal(code, refusal.Code);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }
}
