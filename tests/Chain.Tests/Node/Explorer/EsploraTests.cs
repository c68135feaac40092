using System.Net;
using System.Text.Json.Nodes;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;
using Chain.Tests.Node.Rpc;

namespace Chain.Tests.Node.Explorer;

/// <summary>Esplora's REST paths: each answers in the shape that Esplora's API.md gives, field by field.</summary>
public sealed class EsploraTests : IAsyncLifetime
{
    private const string Nobody = "0000000000000000000000000000000000000000000000000000000000000001";
    private const string StatusFields = "confirmed:b block_height?:i block_hash?:h64 block_time?:i";
    private const string BlockFields = "id:h64 height:i version:i timestamp:i tx_count:i size:i weight:i merkle_root:h64 previousblockhash:h64 mediantime:i nonce:i bits:i difficulty:n";
    private const string TransactionFields = "txid:h64 version:i locktime:i vin:a vout:a size:i weight:i fee:i status:o";
    private const string InputFields = "txid:h64 vout:i prevout:o scriptsig:h scriptsig_asm:s is_coinbase:b sequence:i";
    private const string OutputFields = "scriptpubkey:h scriptpubkey_asm:s scriptpubkey_type:s scriptpubkey_address?:s value:i";
    private const string StatsFields = "tx_count:i funded_txo_count:i funded_txo_sum:i spent_txo_count:i spent_txo_sum:i";

    private ExplorerNode _node = null!;
    private Block _first = null!, _second = null!;
    private Transaction _payment = null!, _waiting = null!;

    public async Task InitializeAsync()
    {
        _node = await ExplorerNode.StartAsync();
        _first = await _node.GrowAsync();
        _payment = ExplorerNode.Pay(_first, Keys.Alice, 150_000_000, fee: 1_000);
        _second = await _node.GrowAsync(_payment);
        _waiting = Keys.Spend(new OutPoint(_payment.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 149_997_000));
        await _node.SendAsync(_waiting);
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Blocks_Tip_TextOfHeightAndHash()
    {
        Assert.Equal("2", await _node.TextAsync("/api/blocks/tip/height"));
        Assert.Equal(_second.Hash.ToString(), await _node.TextAsync("/api/blocks/tip/hash"));
        Assert.Equal(_first.Hash.ToString(), await _node.TextAsync("/api/block-height/1"));
    }

    [Fact]
    public async Task Blocks_List_TheNewestFirst()
    {
        var all = (await _node.JsonAsync("/api/blocks")).AsArray();
        Assert.Equal([2, 1, 0], all.Select(block => block!["height"]!.GetValue<int>()));
        Fields.Check(all[0], BlockFields);
        Assert.Null(all[2]!["previousblockhash"]);
        Assert.Equal([1, 0], (await _node.JsonAsync("/api/blocks/1")).AsArray().Select(block => block!["height"]!.GetValue<int>()));
        for (var i = 0; i < 10; i++) await _node.GrowAsync();
        Assert.Equal(10, (await _node.JsonAsync("/api/blocks")).AsArray().Count);
        await FailsAsync("/api/blocks/99", HttpStatusCode.NotFound, "Block not found");
    }

    [Fact]
    public async Task Block_EveryPath_InItsForm()
    {
        var json = Fields.Check(await _node.JsonAsync($"/api/block/{_second.Hash}"), BlockFields);
        Assert.Equal((_second.Hash.ToString(), 2, 2, _second.Size, (long)_second.Weight),
            (json["id"]!.GetValue<string>(), json["height"]!.GetValue<int>(), json["tx_count"]!.GetValue<int>(), json["size"]!.GetValue<int>(), json["weight"]!.GetValue<long>()));
        Assert.Equal((long)_second.Header.Bits, json["bits"]!.GetValue<long>());
        Assert.Equal($$"""{"in_best_chain":true,"height":1,"next_best":"{{_second.Hash}}"}""", (await _node.JsonAsync($"/api/block/{_first.Hash}/status")).ToJsonString());
        Assert.Equal("""{"in_best_chain":true,"height":2,"next_best":null}""", (await _node.JsonAsync($"/api/block/{_second.Hash}/status")).ToJsonString());
        Assert.Equal("""{"in_best_chain":false,"height":null,"next_best":null}""", (await _node.JsonAsync($"/api/block/{Nobody}/status")).ToJsonString());
        Assert.Equal(Hex.Of(_second.Header.ToByteArray()), await _node.TextAsync($"/api/block/{_second.Hash}/header"));
        var raw = await _node.GetAsync($"/api/block/{_second.Hash}/raw");
        Assert.Equal("application/octet-stream", raw.Response.Content.Headers.ContentType!.ToString());
        Assert.Equal(_second.Raw.ToArray(), await raw.Response.Content.ReadAsByteArrayAsync());
        Assert.Equal(_second.Transactions.Select(t => t.Id.ToString()), (await _node.JsonAsync($"/api/block/{_second.Hash}/txids")).AsArray().Select(id => id!.GetValue<string>()));
        Assert.Equal(_payment.Id.ToString(), await _node.TextAsync($"/api/block/{_second.Hash}/txid/1"));
        var transactions = (await _node.JsonAsync($"/api/block/{_second.Hash}/txs")).AsArray();
        Assert.Equal(2, transactions.Count);
        Fields.Check(transactions[1], TransactionFields);
        Assert.True(transactions[1]!["status"]!["confirmed"]!.GetValue<bool>());
        Assert.Equal(2, (await _node.JsonAsync($"/api/block/{_second.Hash}/txs/0")).AsArray().Count);
    }

    [Fact]
    public async Task Transaction_Confirmed_EveryFieldWithWhatItSpends()
    {
        var json = Fields.Check(await _node.JsonAsync($"/api/tx/{_payment.Id}"), TransactionFields);
        Assert.Equal((1_000, _payment.Size, _payment.Weight, 2), (json["fee"]!.GetValue<int>(), json["size"]!.GetValue<int>(), json["weight"]!.GetValue<int>(), json["version"]!.GetValue<int>()));
        var input = Fields.Check(json["vin"]![0], InputFields);
        Assert.StartsWith("OP_PUSHBYTES_7", input["scriptsig_asm"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal((_first.Transactions[0].Id.ToString(), 0, false), (input["txid"]!.GetValue<string>(), input["vout"]!.GetValue<int>(), input["is_coinbase"]!.GetValue<bool>()));
        var spent = Fields.Check(input["prevout"], OutputFields);
        Assert.Equal((1_000_000_000, "p2pkh", _node.AddressOf(Keys.Miner)), (spent["value"]!.GetValue<long>(), spent["scriptpubkey_type"]!.GetValue<string>(), spent["scriptpubkey_address"]!.GetValue<string>()));
        var hash = Hex.Of(Keys.Alice.PublicKey.Hash.ToByteArray());
        Assert.Equal($"OP_DUP OP_HASH160 OP_PUSHBYTES_20 {hash} OP_EQUALVERIFY OP_CHECKSIG", Fields.Check(json["vout"]![0], OutputFields)["scriptpubkey_asm"]!.GetValue<string>());
        var status = Fields.Check(json["status"], StatusFields.Replace("?", "", StringComparison.Ordinal));
        Assert.Equal((2, _second.Hash.ToString()), (status["block_height"]!.GetValue<int>(), status["block_hash"]!.GetValue<string>()));
        Assert.Equal(status.ToJsonString(), (await _node.JsonAsync($"/api/tx/{_payment.Id}/status")).ToJsonString());
        Assert.Equal(Hex.Of(_payment.Raw.Span), await _node.TextAsync($"/api/tx/{_payment.Id}/hex"));
        Assert.Equal(_payment.Raw.ToArray(), await (await _node.GetAsync($"/api/tx/{_payment.Id}/raw")).Response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Transaction_Coinbase_SpendsNothing()
    {
        var json = Fields.Check(await _node.JsonAsync($"/api/tx/{_second.Transactions[0].Id}"), TransactionFields);
        Assert.Equal(0, json["fee"]!.GetValue<int>());
        var input = json["vin"]![0]!.AsObject();
        Assert.True(input["is_coinbase"]!.GetValue<bool>());
        Assert.True(input.ContainsKey("prevout") && input["prevout"] is null);
        Assert.Equal((new string('0', 64), uint.MaxValue), (input["txid"]!.GetValue<string>(), input["vout"]!.GetValue<uint>()));
    }

    [Fact]
    public async Task Transaction_Waiting_Unconfirmed()
    {
        var json = Fields.Check(await _node.JsonAsync($"/api/tx/{_waiting.Id}"), TransactionFields);
        Assert.Equal("""{"confirmed":false}""", json["status"]!.ToJsonString());
        Assert.Equal(3_000, json["fee"]!.GetValue<int>());
        Assert.Equal(150_000_000, json["vin"]![0]!["prevout"]!["value"]!.GetValue<int>());
        Assert.Equal("""{"confirmed":false}""", (await _node.JsonAsync($"/api/tx/{_waiting.Id}/status")).ToJsonString());
        Assert.Equal("""{"confirmed":false}""", (await _node.JsonAsync($"/api/tx/{Nobody}/status")).ToJsonString());
    }

    [Fact]
    public async Task Transaction_Proofs_LeadToTheRoot()
    {
        var json = Fields.Check(await _node.JsonAsync($"/api/tx/{_payment.Id}/merkle-proof"), "block_height:i merkle:a pos:i");
        Assert.Equal((2, 1), (json["block_height"]!.GetValue<int>(), json["pos"]!.GetValue<int>()));
        Assert.Equal(_second.Transactions[0].Id.ToString(), json["merkle"]!.AsArray().Single()!.GetValue<string>());
        var proof = MerkleBlock.TryDecode(Convert.FromHexString(await _node.TextAsync($"/api/tx/{_payment.Id}/merkleblock-proof")))!;
        Assert.Equal([_payment.Id], proof.FindProven());
        await FailsAsync($"/api/tx/{_waiting.Id}/merkle-proof", HttpStatusCode.NotFound, "Transaction not found or is unconfirmed");
    }

    /// <summary>Blocks of 3, 5 and 6 transactions: the branch, hashed from its position on, gives the root of the header.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Transaction_MerkleProofs_OfEveryPosition(int payments)
    {
        var source = await _node.GrowAsync();
        var fan = Keys.Spend(new OutPoint(source.Transactions[0].Id, 0), Keys.Miner, [.. Enumerable.Range(0, payments).Select(_ => Keys.PayTo(Keys.Miner, 10_000))]);
        await _node.GrowAsync(fan);
        var block = await _node.GrowAsync([.. Enumerable.Range(0, payments).Select(i => Keys.Spend(new OutPoint(fan.Id, (uint)i), Keys.Miner, Keys.PayTo(Keys.Bob, 9_000 + i)))]);
        for (var i = 0; i < block.Transactions.Length; i++)
        {
            var json = await _node.JsonAsync($"/api/tx/{block.Transactions[i].Id}/merkle-proof");
            var (hash, at) = (block.Transactions[i].Id.Hash, json["pos"]!.GetValue<int>());
            Assert.Equal(i, at);
            foreach (var beside in json["merkle"]!.AsArray())
            {
                var other = Hash256.Parse(beside!.GetValue<string>());
                byte[] pair = at % 2 == 0 ? [.. hash.ToByteArray(), .. other.ToByteArray()] : [.. other.ToByteArray(), .. hash.ToByteArray()];
                hash = Sha256d.Hash(pair);
                at /= 2;
            }

            Assert.Equal(block.Header.MerkleRoot, hash);
        }
    }

    [Fact]
    public async Task Transaction_Outspends_ByWhomAndWhere()
    {
        var all = (await _node.JsonAsync($"/api/tx/{_payment.Id}/outspends")).AsArray();
        Assert.Equal(2, all.Count);
        Fields.Check(all[0], "spent:b txid:h64 vin:i status:o");
        Assert.Equal((_waiting.Id.ToString(), 0, """{"confirmed":false}"""), (all[0]!["txid"]!.GetValue<string>(), all[0]!["vin"]!.GetValue<int>(), all[0]!["status"]!.ToJsonString()));
        Assert.Equal("""{"spent":false}""", all[1]!.ToJsonString());
        Assert.Equal(all[0]!.ToJsonString(), (await _node.JsonAsync($"/api/tx/{_payment.Id}/outspend/0")).ToJsonString());
        Assert.Equal("""{"spent":false}""", (await _node.JsonAsync($"/api/tx/{Nobody}/outspend/0")).ToJsonString());
        var spent = await _node.JsonAsync($"/api/tx/{_first.Transactions[0].Id}/outspend/0");
        Assert.Equal((_payment.Id.ToString(), 2), (spent["txid"]!.GetValue<string>(), spent["status"]!["block_height"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Address_Sums_OfChainAndPool()
    {
        var json = Fields.Check(await _node.JsonAsync($"/api/address/{_node.AddressOf(Keys.Alice)}"), "address:s chain_stats:o mempool_stats:o");
        Fields.Check(json["chain_stats"], StatsFields);
        Assert.Equal("""{"tx_count":1,"funded_txo_count":1,"funded_txo_sum":150000000,"spent_txo_count":0,"spent_txo_sum":0}""", json["chain_stats"]!.ToJsonString());
        Assert.Equal("""{"tx_count":1,"funded_txo_count":0,"funded_txo_sum":0,"spent_txo_count":1,"spent_txo_sum":150000000}""", json["mempool_stats"]!.ToJsonString());
        var hash = Hex.Of(Sha256.Hash(Keys.ScriptOf(Keys.Alice)));
        var byScript = Fields.Check(await _node.JsonAsync($"/api/scripthash/{hash}"), "scripthash:h64 chain_stats:o mempool_stats:o");
        Assert.Equal(json["chain_stats"]!.ToJsonString(), byScript["chain_stats"]!.ToJsonString());

        // The waiting one is confirmed: the sums move over.
        await _node.GrowAsync(_waiting);
        json = (await _node.JsonAsync($"/api/address/{_node.AddressOf(Keys.Alice)}")).AsObject();
        Assert.Equal((2, 1, 0), (json["chain_stats"]!["tx_count"]!.GetValue<int>(), json["chain_stats"]!["spent_txo_count"]!.GetValue<int>(), json["mempool_stats"]!["tx_count"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Address_Transactions_ChainAndPoolApartAndPaged()
    {
        var alice = _node.AddressOf(Keys.Alice);
        Assert.Equal([_waiting.Id.ToString(), _payment.Id.ToString()], await IdsAsync($"/api/address/{alice}/txs"));
        Assert.Equal([_waiting.Id.ToString()], await IdsAsync($"/api/address/{alice}/txs/mempool"));
        Assert.Equal([_payment.Id.ToString()], await IdsAsync($"/api/address/{alice}/txs/chain"));
        Fields.Check((await _node.JsonAsync($"/api/address/{alice}/txs"))[0], TransactionFields);
        for (var i = 0; i < 30; i++) await _node.GrowAsync();
        var miner = _node.AddressOf(Keys.Miner);
        var first = await IdsAsync($"/api/address/{miner}/txs/chain");
        Assert.Equal(25, first.Count);
        var second = await IdsAsync($"/api/address/{miner}/txs/chain/{first[^1]}");
        Assert.Equal(34, first.Concat(second).Distinct().Count());
        Assert.Equal(second, await IdsAsync($"/api/scripthash/{Hex.Of(Sha256.Hash(Keys.ScriptOf(Keys.Miner)))}/txs/chain/{first[^1]}"));
    }

    [Fact]
    public async Task Address_Coins_OfChainAndPool()
    {
        Assert.Empty((await _node.JsonAsync($"/api/address/{_node.AddressOf(Keys.Alice)}/utxo")).AsArray());
        var bob = Fields.Check(Assert.Single((await _node.JsonAsync($"/api/address/{_node.AddressOf(Keys.Bob)}/utxo")).AsArray()), "txid:h64 vout:i status:o value:i");
        Assert.Equal((_waiting.Id.ToString(), 149_997_000, """{"confirmed":false}"""), (bob["txid"]!.GetValue<string>(), bob["value"]!.GetValue<int>(), bob["status"]!.ToJsonString()));
        var miner = (await _node.JsonAsync($"/api/address/{_node.AddressOf(Keys.Miner)}/utxo")).AsArray();
        Assert.Equal(3, miner.Count);
        Assert.All(miner, coin => Fields.Check(coin!["status"], StatusFields.Replace("?", "", StringComparison.Ordinal)));
        var byScript = (await _node.JsonAsync($"/api/scripthash/{Hex.Of(Sha256.Hash(Keys.ScriptOf(Keys.Miner)))}/utxo")).AsArray();
        Assert.Equal(miner.ToJsonString(), byScript.ToJsonString());
        Assert.Empty((await _node.JsonAsync($"/api/scripthash/{Nobody}/utxo")).AsArray());
    }

    [Fact]
    public async Task Mempool_Backlog_CountsAndHistogram()
    {
        var json = Fields.Check(await _node.JsonAsync("/api/mempool"), "count:i vsize:i total_fee:i fee_histogram:a");
        var rate = Math.Round(3_000.0 / _waiting.VirtualSize, 3);
        Assert.Equal((1, _waiting.VirtualSize, 3_000), (json["count"]!.GetValue<int>(), json["vsize"]!.GetValue<int>(), json["total_fee"]!.GetValue<int>()));
        Assert.Equal(new JsonArray(new JsonArray(rate, _waiting.VirtualSize)).ToJsonString(), json["fee_histogram"]!.ToJsonString());
        Assert.Equal($"[\"{_waiting.Id}\"]", (await _node.JsonAsync("/api/mempool/txids")).ToJsonString());
        var recent = Fields.Check(Assert.Single((await _node.JsonAsync("/api/mempool/recent")).AsArray()), "txid:h64 fee:i vsize:i value:i");
        Assert.Equal((_waiting.Id.ToString(), 149_997_000), (recent["txid"]!.GetValue<string>(), recent["value"]!.GetValue<int>()));
    }

    [Fact]
    public async Task FeeEstimates_ShallowPool_WhatThePoolAsks()
    {
        var json = (await _node.JsonAsync("/api/fee-estimates")).AsObject();
        Assert.Equal(Enumerable.Range(1, 25).Concat([144, 504, 1008]).Select(target => $"{target}"), json.Select(pair => pair.Key));
        Assert.All(json, pair => Assert.Equal(0, pair.Value!.GetValue<double>()));
    }

    [Fact]
    public async Task Send_Transaction_ItsIdOrTheReason()
    {
        var block = await _node.GrowAsync();
        var good = ExplorerNode.Pay(block, Keys.Bob, 5_000);
        Assert.Equal((HttpStatusCode.OK, good.Id.ToString()), await PostAsync("/api/tx", Hex.Of(good.Raw.Span) + "\n"));
        Assert.Equal("""{"confirmed":false}""", (await _node.JsonAsync($"/api/tx/{good.Id}/status")).ToJsonString());
        Assert.Equal((HttpStatusCode.BadRequest, """sendrawtransaction RPC error: {"code":-22,"message":"TX decode failed. Make sure the tx has at least one input."}"""), await PostAsync("/api/tx", "zz"));
        var (status, text) = await PostAsync("/api/tx", Hex.Of(Keys.Spend(new OutPoint(good.Id, 9), Keys.Miner, Keys.PayTo(Keys.Bob, 1)).Raw.Span));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("\"code\":-25", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync("/api/tx", new string('0', 1_100_000))).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await PostAsync("/api/blocks", "")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("/api/tx", Hex.Of(good.Raw.Span), "http://evil.example")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("/api/tx", "zz", "http://localhost:1")).Status);
    }

    /// <summary>As <c>curl -d</c> sends it.</summary>
    [Fact]
    public async Task Send_AsAForm_Taken()
    {
        var good = ExplorerNode.Pay(await _node.GrowAsync(), Keys.Bob, 5_000);
        Assert.Equal((HttpStatusCode.OK, good.Id.ToString()), await PostAsync("/api/tx", Hex.Of(good.Raw.Span), type: "application/x-www-form-urlencoded"));
    }

    [Theory]
    [InlineData("/api/block/zz", HttpStatusCode.BadRequest, "Invalid hex string")]
    [InlineData("/api/block/" + Nobody, HttpStatusCode.NotFound, "Block not found")]
    [InlineData("/api/block/" + Nobody + "/txids", HttpStatusCode.NotFound, "Block not found")]
    [InlineData("/api/block-height/x", HttpStatusCode.BadRequest, "Invalid number")]
    [InlineData("/api/block-height/9", HttpStatusCode.NotFound, "Block not found")]
    [InlineData("/api/tx/zz", HttpStatusCode.BadRequest, "Invalid hex string")]
    [InlineData("/api/tx/" + Nobody, HttpStatusCode.NotFound, "Transaction not found")]
    [InlineData("/api/tx/" + Nobody + "/hex", HttpStatusCode.NotFound, "Transaction not found")]
    [InlineData("/api/tx/" + Nobody + "/outspends", HttpStatusCode.NotFound, "Transaction not found")]
    [InlineData("/api/tx/" + Nobody + "/outspend/x", HttpStatusCode.BadRequest, "Invalid number")]
    [InlineData("/api/tx/" + Nobody + "/merkle-proof", HttpStatusCode.NotFound, "Transaction not found or is unconfirmed")]
    [InlineData("/api/address/nobody", HttpStatusCode.BadRequest, "Invalid checksum or length of Base58 address (P2PKH or P2SH)")]
    [InlineData("/api/scripthash/00", HttpStatusCode.BadRequest, "Invalid scripthash")]
    [InlineData("/api/nothing", HttpStatusCode.NotFound, "endpoint does not exist \"/nothing\"")]
    [InlineData("/api/mempool/other", HttpStatusCode.NotFound, "endpoint does not exist \"/mempool/other\"")]
    public Task Path_ThatCannotBeAnswered_EsplorasStatusAndWords(string path, HttpStatusCode status, string words) => FailsAsync(path, status, words);

    [Fact]
    public async Task Block_PagesThatAreNone_BadRequest()
    {
        await FailsAsync($"/api/block/{_second.Hash}/txs/1", HttpStatusCode.BadRequest, "start index must be a multiple of 25");
        await FailsAsync($"/api/block/{_second.Hash}/txs/25", HttpStatusCode.BadRequest, "start index out of range");
        await FailsAsync($"/api/block/{_second.Hash}/txid/2", HttpStatusCode.NotFound, "tx index out of range");
    }

    [Fact]
    public async Task Script_OfEveryForm_TypeAndAssembly()
    {
        var hash = Keys.Alice.PublicKey.Hash;
        byte[] key = Keys.Alice.PublicKey.Bytes.ToArray();
        (byte[] Script, string Type, string Assembly)[] forms =
        [
            ([], "empty", ""),
            (StandardScripts.DataCarrier("hi"u8), "op_return", "OP_RETURN OP_PUSHBYTES_2 6869"),
            (StandardScripts.PayToPublicKey(Keys.Alice.PublicKey), "p2pk", $"OP_PUSHBYTES_33 {Hex.Of(key)} OP_CHECKSIG"),
            (StandardScripts.PayToScriptHash(hash), "p2sh", $"OP_HASH160 OP_PUSHBYTES_20 {Hex.Of(hash.ToByteArray())} OP_EQUAL"),
            (StandardScripts.PayToWitnessPublicKeyHash(hash), "v0_p2wpkh", $"OP_0 OP_PUSHBYTES_20 {Hex.Of(hash.ToByteArray())}"),
            (StandardScripts.PayToWitnessScriptHash("x"u8), "v0_p2wsh", $"OP_0 OP_PUSHBYTES_32 {Hex.Of(Sha256.Hash("x"u8))}"),
            (StandardScripts.PayToTaproot(key.AsSpan(1)), "v1_p2tr", $"OP_PUSHNUM_1 OP_PUSHBYTES_32 {Hex.Of(key.AsSpan(1))}"),
            ([(byte)Opcode.Op1Negate, (byte)Opcode.CheckLockTimeVerify, (byte)Opcode.CheckSequenceVerify, 0xba, 0xbb, 0xfe], "unknown", "OP_PUSHNUM_NEG1 OP_CLTV OP_CSV OP_CHECKSIGADD OP_RETURN_187 OP_RETURN_254"),
            ([0x4c, 0x01, 0xab, 0x05, 0x01], "unknown", "OP_PUSHDATA1 ab <push past end>"),
        ];
        var block = await _node.GrowAsync();
        var payment = Keys.Spend(new OutPoint(block.Transactions[0].Id, 0), Keys.Miner, [.. forms.Select(form => new TxOut(1_000, form.Script))]);
        await _node.GrowAsync(payment);
        var outputs = (await _node.JsonAsync($"/api/tx/{payment.Id}"))["vout"]!.AsArray();
        Assert.Equal(forms.Select(form => (form.Type, form.Assembly)), outputs.Select(output => (output!["scriptpubkey_type"]!.GetValue<string>(), output["scriptpubkey_asm"]!.GetValue<string>())));
        Assert.Equal([false, false, false, true, true, true, true, false, false], outputs.Select(output => output!.AsObject().ContainsKey("scriptpubkey_address")));
        Assert.Contains("hi", await _node.PageAsync($"/tx/{payment.Id}"), StringComparison.Ordinal);
    }

    private async Task<List<string>> IdsAsync(string path) => [.. (await _node.JsonAsync(path)).AsArray().Select(transaction => transaction!["txid"]!.GetValue<string>())];

    private async Task FailsAsync(string path, HttpStatusCode status, string words)
    {
        var shown = await _node.GetAsync(path);
        Assert.Equal((status, words), (shown.Status, shown.Text));
        Assert.Equal("text/plain", shown.Response.Content.Headers.ContentType!.ToString());
        Assert.False(shown.Response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(string path, string body, string? origin = null, string type = "text/plain")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_node.Address, path)) { Content = new StringContent(body) };
        request.Content.Headers.ContentType = new(type);
        if (origin is not null) request.Headers.Add("Origin", origin);
        var shown = await _node.SendAsync(request);
        return (shown.Status, shown.Text);
    }
}
