using System.Text.Json.Nodes;
using Chain.Node.Rpc;
using Chain.Tests.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>Methods that need no running node: addresses, help, and how parameters find their places.</summary>
public sealed class UtilMethodsTests : IDisposable
{
    private readonly RpcChain _chain = new(TestChains.Regtest);

    public void Dispose() => _chain.Dispose();

    /// <summary>The cases of Core's rpc_invalid_address_message test.</summary>
    [Theory]
    [InlineData("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "Invalid or unsupported Segwit (Bech32) or Base58 encoding.", "[]")]
    [InlineData("bcrt1q049edschfnwystcqnsvyfpj23mpsg3jcedq9xv", "Invalid Bech32 checksum", "[9]")]
    [InlineData("BCRT1QPLMTZKC2XHARPPZDLNPAQL78RSHJ68U32RAH7R", "Invalid Bech32 checksum", "[38]")]
    [InlineData("bcrt1qax9suht3qv95sw33xavx8crpxduefdrsvgsklu", "Invalid Bech32 checksum", "[22,43]")]
    [InlineData("bcrtq049ldschfnwystcqnsvyfpj23mpsg3jcedq9xv", "Missing separator", "[]")]
    [InlineData("bcrt1q04oldschfnwystcqnsvyfpj23mpsg3jcedq9xv", "Invalid Base 32 character", "[8]")]
    [InlineData("bcrt1q049edschfnwystcqnsvyfpj23mpsg3jcEdq9xv", "Invalid character or mixed case", "[38]")]
    [InlineData("bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqdmchcc", "Version 1+ witness address must use Bech32m checksum", "[]")]
    [InlineData("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7k35mrzd", "Version 0 witness address must use Bech32 checksum", "[]")]
    [InlineData("bcrt130xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqynjegk", "Invalid Bech32 address witness version", "[]")]
    [InlineData("bcrt1s0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav25430mtr", "Invalid Bech32 address program size (41 bytes)", "[]")]
    [InlineData("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kqqq5k3my", "Invalid Bech32 v0 address program size (21 bytes), per BIP141", "[]")]
    [InlineData("17VZNX1SN5NtKa8UQFxwQbFeFc3iqRYhem", "Invalid or unsupported Base58-encoded address.", "[]")]
    [InlineData("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJJfn", "Invalid checksum or length of Base58 address (P2PKH or P2SH)", "[]")]
    [InlineData("2VKf7XKMrp4bVNVmuRbyCewkP8FhGLP2E54LHDPakr9Sq5mtU2", "Invalid checksum or length of Base58 address (P2PKH or P2SH)", "[]")]
    [InlineData("asfah14i8fajz0123f", "Invalid or unsupported Segwit (Bech32) or Base58 encoding.", "[]")]
    [InlineData("", "Invalid or unsupported Segwit (Bech32) or Base58 encoding.", "[]")]
    public async Task ValidateAddress_NoAddress_CoresWordsAndPlaces(string text, string error, string places)
    {
        var json = await _chain.CallAsync("validateaddress", text);
        JsonShape.Assert(json, "isvalid:bool error_locations:array error:string");
        Assert.False(json!["isvalid"]!.GetValue<bool>());
        Assert.Equal((error, places), (json["error"]!.GetValue<string>(), json["error_locations"]!.ToJsonString()));
    }

    [Theory]
    [InlineData("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", false, false, null)]
    [InlineData("2N2JD6wb56AfK4tfmM6PwdVmoYk2dCKf4Br", true, false, null)]
    [InlineData("bcrt1qtmp74ayg7p24uslctssvjm06q5phz4yrxucgnv", false, true, 0)]
    [InlineData("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", false, true, 0)]
    [InlineData("bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6", true, true, 1)]
    public async Task ValidateAddress_Address_WhatItPays(string text, bool isScript, bool isWitness, int? version)
    {
        var json = await _chain.ObjectAsync("validateaddress", text);
        JsonShape.Assert(json, "isvalid:bool address:string scriptPubKey:hex isscript:bool iswitness:bool" + (isWitness ? " witness_version:number witness_program:hex" : ""));
        Assert.True(json["isvalid"]!.GetValue<bool>());
        Assert.Equal((text, isScript, isWitness), (json["address"]!.GetValue<string>(), json["isscript"]!.GetValue<bool>(), json["iswitness"]!.GetValue<bool>()));
        Assert.Equal(version, json["witness_version"]?.GetValue<int>());
    }

    [Fact]
    public async Task EstimateSmartFee_WithoutData_SaysSo()
    {
        Assert.Equal("""{"errors":["Insufficient data or no feerate found"],"blocks":0}""", (await _chain.CallAsync("estimatesmartfee", 6, "ECONOMICAL"))!.ToJsonString());
    }

    [Fact]
    public async Task GetIndexInfo_TellsHowFarTheIndexOfTransactionsIs()
    {
        Assert.Equal("""{"txindex":{"synced":false,"best_block_height":0}}""", (await _chain.CallAsync("getindexinfo"))!.ToJsonString());
        Assert.True(_chain.Loaded.Index.TryCatchUp(mostBlocks: 1));
        Assert.Equal("""{"txindex":{"synced":true,"best_block_height":0}}""", (await _chain.CallAsync("getindexinfo", "txindex"))!.ToJsonString());
        Assert.Equal("{}", (await _chain.CallAsync("getindexinfo", "foo"))!.ToJsonString());
    }

    [Fact]
    public async Task EstimateRawFee_TellsOfTheSpansThatHoldTheTarget()
    {
        Assert.Equal(["short", "medium", "long"], (await _chain.ObjectAsync("estimaterawfee", 12)).Select(span => span.Key));
        var far = await _chain.ObjectAsync("estimaterawfee", 1008, 0.5);
        JsonShape.Assert(Assert.Single(far).Value, "decay:number scale:number errors:array");
        await Fields.FailsAsync(-8, "Invalid conf_target, must be between 1 and 1008", () => _chain.CallAsync("estimaterawfee", 1009));
        await Fields.FailsAsync(-8, "Invalid threshold", () => _chain.CallAsync("estimaterawfee", 1, 1.5));
    }

    [Fact]
    public async Task Echo_TextThatStandsForABug_IsToldOfAsOne()
    {
        await Fields.FailsAsync(-1, "Internal bug detected: request.params[9].get_str() != \"trigger_internal_bug\"", () => _chain.CallTextAsync("echo", """{"arg9":"trigger_internal_bug"}"""));
        Assert.Equal("hello", (await _chain.CallAsync("echoipc", "hello"))!.GetValue<string>());
    }

    [Fact]
    public async Task GetMemoryInfo_Adds()
    {
        var json = (await _chain.ObjectAsync("getmemoryinfo"))["locked"]!;
        JsonShape.Assert(json, "used:number free:number total:number locked:number chunks_used:number chunks_free:number");
        Assert.Equal(json["total"]!.GetValue<long>(), json["used"]!.GetValue<long>() + json["free"]!.GetValue<long>());
    }

    /// <summary>The cases of Core's rpc_named_arguments test, on the method that gives back what it got.</summary>
    [Theory]
    [InlineData("[]", "[]")]
    [InlineData("""{"arg0":0,"arg9":9}""", "[0,null,null,null,null,null,null,null,null,9]")]
    [InlineData("""{"arg1":1}""", "[null,1]")]
    [InlineData("""{"arg9":null}""", "[null,null,null,null,null,null,null,null,null,null]")]
    [InlineData("""{"arg0":0,"arg3":3}""", "[0,null,null,3]")]
    [InlineData("""{"args":[0,1],"arg2":2}""", "[0,1,2]")]
    [InlineData("""{"args":[0],"arg2":2}""", "[0,null,2]")]
    [InlineData("""{"args":[0,1]}""", "[0,1]")]
    public async Task Parameters_ByNameAndPlace_FindTheirPlaces(string parameters, string expected)
    {
        Assert.Equal(expected, (await _chain.CallTextAsync("echo", parameters))!.ToJsonString());
        Assert.Equal(expected, (await _chain.CallTextAsync("echojson", parameters))!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"args":[0,1],"arg1":1}""", "Parameter arg1 specified twice both as positional and named argument")]
    [InlineData("""{"args":[0,1,2],"arg1":1}""", "Parameter arg1 specified twice both as positional and named argument")]
    [InlineData("""{"arg10":1}""", "Unknown named parameter arg10")]
    [InlineData("""{"args":1}""", "Unknown named parameter args")]
    public async Task Parameters_ThatContradict_InvalidParameter(string parameters, string words)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => _chain.CallTextAsync("echo", parameters));
        Assert.Equal((RpcErrorCode.InvalidParameter, words), (refusal.Code, refusal.Message));
    }

    [Fact]
    public void Parameters_OptionsByName_BecomeAnObject()
    {
        var method = new RpcMethod("m", "first:string options|opts?:object(one,two) last?:number", "does it", (_, _, _) => Task.FromResult<JsonNode?>(null));
        Assert.Equal("""["a",{"two":2},3]""", Places("""{"first":"a","two":2,"last":3}"""));
        Assert.Equal("""["a",{"one":1}]""", Places("""{"first":"a","opts":{"one":1}}"""));
        Assert.Equal("Parameter options conflicts with parameter two", Assert.Throws<RpcException>(() => Places("""{"first":"a","two":2,"options":{}}""")).Message);

        string Places(string named) => new JsonArray([.. RpcNamedParams.ToPositional(method, JsonNode.Parse(named)!.AsObject()).Select(value => value?.DeepClone())]).ToJsonString();
    }

    [Fact]
    public void Types_SeveralWrong_EachIsNamed()
    {
        var method = new RpcMethod("m", "first:hex second|other?:bool third?:amount", "does it", (_, _, _) => Task.FromResult<JsonNode?>(null));
        var refusal = Assert.Throws<RpcException>(() => method.Check([1, "x", true]));
        Assert.Equal(
            "Wrong type passed:\n{\n    \"Position 1 (first)\": \"JSON value of type number is not of expected type string\",\n"
            + "    \"Position 2 (second|other)\": \"JSON value of type string is not of expected type bool\"\n}",
            refusal.Message);
        Assert.Equal(RpcErrorCode.TypeError, refusal.Code);
        Assert.Contains("JSON value of type null is not of expected type string", Assert.Throws<RpcException>(() => method.Check([null])).Message, StringComparison.Ordinal);
        method.Check(["00", null]);
    }

    [Fact]
    public async Task Help_ListsByCategoryAndExplainsEach()
    {
        var list = (await _chain.CallAsync("help"))!.GetValue<string>();
        var titles = list.Split('\n').Where(line => line.StartsWith("== ", StringComparison.Ordinal)).ToList();
        Assert.Equal(titles.Order(StringComparer.Ordinal), titles);
        Assert.Superset(new HashSet<string> { "== Blockchain ==", "== Control ==", "== Mining ==", "== Network ==", "== Rawtransactions ==", "== Util ==" }, titles.ToHashSet());
        Assert.Contains("\ngetblock \"blockhash\" ( verbosity )\n", list, StringComparison.Ordinal);
        Assert.DoesNotContain("setmocktime", list, StringComparison.Ordinal);
        Assert.Equal("help: unknown command: foo", (await _chain.CallAsync("help", "foo"))!.GetValue<string>());
        foreach (var method in RpcTable.All)
        {
            var help = (await _chain.CallAsync("help", method.Name))!.GetValue<string>();
            Assert.StartsWith(method.Name, help, StringComparison.Ordinal);
            Assert.All(method.ParameterNames, name => Assert.Contains($". {name} (", help, StringComparison.Ordinal));
        }
    }
}
