using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;
using Chain.Tests.Psbt;
using static Chain.Tests.Node.Rpc.RpcBench;

namespace Chain.Tests.Node.Rpc;

/// <summary>Methods about partially signed transactions: shapes, codes and words as in Core.</summary>
public sealed class PsbtMethodTests : IDisposable
{
    private readonly RpcBench _rpc = new(TestChains.Regtest);

    public void Dispose() => _rpc.Dispose();

    [Fact]
    public async Task CreatePsbt_Published_TheSameText()
    {
        const string Inputs = """
            [{"txid":"75ddabb27b8845f5247975c8a5ba7c6f336c4570708ebe230caf6db5217ae858","vout":0,"sequence":4294967295},
            {"txid":"1dea7cd05979072a3578cab271c02244ea8a090bbb46aa680a65ecd027048d83","vout":1,"sequence":4294967295}]
            """;
        const string Outputs = """[{"bcrt1qmpwzkuwsqc9snjvgdt4czhjsnywa5yjdqpxskv":1.49990000},{"bcrt1qqzh2ngh97ru8dfvgma25d6r595wcwqy0cee4cc":1}]""";
        Assert.Equal(PsbtVectors.Created, await _rpc.TextAsync("createpsbt", Inputs, Outputs));
        var raw = await _rpc.TextAsync("createrawtransaction", Inputs, Outputs);
        Assert.Equal(PsbtVectors.Created, await _rpc.TextAsync("converttopsbt", Quote(raw)));
        await _rpc.FailsAsync(-8, "Invalid parameter, locktime out of range", "createpsbt", "[]", "{}", "-1");
    }

    [Fact]
    public async Task ConvertToPsbt_Signed_OnlyWherePermitted()
    {
        var signed = Keys.Spend(new OutPoint(TxId.Zero, 1), Keys.Alice, Keys.PayTo(Keys.Bob, 5));
        await _rpc.FailsAsync(-22, "Inputs must not have scriptSigs and scriptWitnesses", "converttopsbt", Raw(signed));
        Assert.StartsWith("cHNidP8", await _rpc.TextAsync("converttopsbt", Raw(signed), "true"), StringComparison.Ordinal);
        await _rpc.FailsAsync(-22, "TX decode failed", "converttopsbt", "\"00\"");
    }

    [Fact]
    public async Task DecodePsbt_Published_EveryField()
    {
        var json = Fields.Check(await _rpc.CallAsync("decodepsbt", Quote(PsbtVectors.FirstSigner)), "tx:o global_xpubs:a psbt_version:i proprietary:a unknown:o inputs:a outputs:a fee:n");
        Assert.Equal("0.00010000", json["fee"]!.ToJsonString());
        Fields.Check(json["tx"], "txid:h64 hash:h64 version:i size:i vsize:i weight:i locktime:i vin:a vout:a");
        var legacy = Fields.Check(json["inputs"]![0], "non_witness_utxo:o partial_signatures:o sighash:s redeem_script:o bip32_derivs:a");
        Assert.Equal("ALL", legacy["sighash"]!.GetValue<string>());
        Fields.Check(legacy["redeem_script"], "asm:s hex:h type:s");
        var origin = Fields.Check(legacy["bip32_derivs"]![0], "pubkey:h master_fingerprint:h path:s");
        Assert.Equal(("d90c6a4f", "m/0h/0h/0h"), (origin["master_fingerprint"]!.GetValue<string>(), origin["path"]!.GetValue<string>()));
        var witness = Fields.Check(json["inputs"]![1], "witness_utxo:o partial_signatures:o sighash:s redeem_script:o witness_script:o bip32_derivs:a");
        Fields.Check(witness["witness_utxo"], "amount:n scriptPubKey:o");
        Fields.Check(json["outputs"]![0], "bip32_derivs:a");
        foreach (var text in PsbtVectors.Valid) Assert.NotNull(await _rpc.CallAsync("decodepsbt", Quote(text)));
        var taproot = await _rpc.CallAsync("decodepsbt", Quote(PsbtVectors.Valid[^1]));
        Fields.Check(taproot!["inputs"]![0], "witness_utxo:o taproot_bip32_derivs:a taproot_internal_key:h64");
        var output = Fields.Check(taproot["outputs"]![0], "taproot_internal_key:h64 taproot_tree:a taproot_bip32_derivs:a");
        Fields.Check(output["taproot_tree"]![0], "depth:i leaf_ver:i script:h");
    }

    [Fact]
    public async Task DecodePsbt_Invalid_DecodeFailed()
    {
        foreach (var (text, error) in PsbtVectors.Invalid)
        {
            await _rpc.FailsAsync(-22, "TX decode failed ", "decodepsbt", Quote(text));
            await _rpc.FailsAsync(-22, error, "analyzepsbt", Quote(text));
        }

        await _rpc.FailsAsync(-22, "TX decode failed invalid base64", "decodepsbt", "\";definitely not base64;\"");
        await _rpc.FailsAsync(-3, "JSON value of type number is not of expected type string", "decodepsbt", "1");
    }

    [Fact]
    public async Task CombineAndFinalize_PublishedParts_ATransaction()
    {
        var combined = Quote(await _rpc.TextAsync("combinepsbt", $"[{Quote(PsbtVectors.FirstSigner)},{Quote(PsbtVectors.SecondSigner)}]"));
        var final = Fields.Check(await _rpc.CallAsync("finalizepsbt", combined), "hex:h complete:b");
        Assert.True(final["complete"]!.GetValue<bool>());
        Assert.NotNull(Transaction.TryDecode(Convert.FromHexString(final["hex"]!.GetValue<string>())));
        var kept = Fields.Check(await _rpc.CallAsync("finalizepsbt", combined, "false"), "psbt:s complete:b");
        Assert.Equal(final["hex"]!.GetValue<string>(), (await _rpc.CallAsync("finalizepsbt", Quote(kept["psbt"]!.GetValue<string>())))!["hex"]!.GetValue<string>());
        Assert.False(Fields.Check(await _rpc.CallAsync("finalizepsbt", Quote(PsbtVectors.FirstSigner)), "psbt:s complete:b")["complete"]!.GetValue<bool>());
        await _rpc.FailsAsync(-8, "Parameter 'txs' cannot be empty", "combinepsbt", "[]");
        await _rpc.FailsAsync(-8, "PSBTs not compatible (different transactions)", "combinepsbt", $"[{combined},{Quote(PsbtVectors.Valid[0])}]");
        await _rpc.FailsAsync(-22, "TX decode failed", "finalizepsbt", "\"\"");
        Fields.Check(await _rpc.CallAsync("decodepsbt", Quote(kept["psbt"]!.GetValue<string>())), "tx:o global_xpubs:a psbt_version:i proprietary:a unknown:o inputs:a outputs:a fee:n");
    }

    [Fact]
    public async Task AnalyzePsbt_ByWhatIsThere_TheNextRole()
    {
        var created = Fields.Check(await _rpc.CallAsync("analyzepsbt", Quote(PsbtVectors.Created)), "inputs:a next:s");
        Assert.Equal("updater", created["next"]!.GetValue<string>());
        Fields.Check(created["inputs"]![0], "has_utxo:b is_final:b next:s");
        var half = Fields.Check(await _rpc.CallAsync("analyzepsbt", Quote(PsbtVectors.FirstSigner)), "inputs:a estimated_vsize:i estimated_feerate:n fee:n next:s");
        Assert.Equal("signer", half["next"]!.GetValue<string>());
        var input = Fields.Check(half["inputs"]![0], "has_utxo:b is_final:b missing:o next:s");
        Fields.Check(input["missing"], "signatures:a");
        var whole = await _rpc.TextAsync("combinepsbt", $"[{Quote(PsbtVectors.FirstSigner)},{Quote(PsbtVectors.SecondSigner)}]");
        Assert.Equal("finalizer", (await _rpc.CallAsync("analyzepsbt", Quote(whole)))!["next"]!.GetValue<string>());
        var final = (await _rpc.CallAsync("finalizepsbt", Quote(whole), "false"))!["psbt"]!.GetValue<string>();
        Assert.Equal("extractor", (await _rpc.CallAsync("analyzepsbt", Quote(final)))!["next"]!.GetValue<string>());
    }

    [Fact]
    public async Task JoinPsbts_OfTwo_HasAllInputsAndOutputs()
    {
        var joined = await _rpc.TextAsync("joinpsbts", $"[{Quote(PsbtVectors.FirstSigner)},{Quote(PsbtVectors.Valid[0])}]");
        var json = await _rpc.CallAsync("decodepsbt", Quote(joined));
        Assert.Equal((4, 4), (json!["inputs"]!.AsArray().Count, json["outputs"]!.AsArray().Count));
        Assert.Equal(2, json["inputs"]!.AsArray().Count(input => input!.AsObject().ContainsKey("partial_signatures")));
        await _rpc.FailsAsync(-8, "At least two PSBTs are required to join PSBTs.", "joinpsbts", $"[{Quote(PsbtVectors.Created)}]");
        await _rpc.FailsAsync(-8, "exists in multiple PSBTs", "joinpsbts", $"[{Quote(PsbtVectors.Created)},{Quote(PsbtVectors.FirstSigner)}]");
    }

    [Fact]
    public async Task UtxoUpdatePsbt_KnownOutputs_AreAdded()
    {
        using var rpc = new RpcBench();
        var witness = StandardScripts.PayToWitnessPublicKeyHash(Keys.Alice.PublicKey.Hash);
        var funding = Keys.Spend(rpc.Chain.Builder["genesis"].Reward, Keys.Miner, new TxOut(Amount.Coin, witness), Keys.PayTo(Keys.Alice, Amount.Coin));
        rpc.Chain.Grow(funding);
        var created = await rpc.TextAsync("createpsbt", $$"""[{"txid":"{{funding.Id}}","vout":0},{"txid":"{{funding.Id}}","vout":1}]""", $$"""{"{{rpc.AddressOf(Keys.Bob)}}":1.5}""");
        var updated = await rpc.TextAsync("utxoupdatepsbt", Quote(created), $"[{Quote($"wpkh([aabbccdd/1h]{Keys.Alice.PublicKey})")}]");
        var json = await rpc.CallAsync("decodepsbt", Quote(updated));
        var input = Fields.Check(json!["inputs"]![0], "witness_utxo:o bip32_derivs:a");
        Assert.Equal("m/1h", input["bip32_derivs"]![0]!["path"]!.GetValue<string>());
        Fields.Check(json["inputs"]![1], "non_witness_utxo:o bip32_derivs:a");
        Assert.Equal("0.50000000", json["fee"]!.ToJsonString());
        await rpc.FailsAsync(-22, "TX decode failed", "utxoupdatepsbt", "\"AAAA\"");
    }
}
