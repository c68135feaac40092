using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Tests.Node.Rpc;

/// <summary>What every method refuses before it begins, with Core's codes and words: too few and too many parameters, wrong types, unknown names.</summary>
public sealed class EveryMethodTests : IDisposable
{
    private readonly RpcChain _chain = new();

    /// <summary>Methods without a list of what they take, as Core has them: they take anything.</summary>
    private static readonly string[] Free = ["echo", "echojson", "echoipc"];

    public static TheoryData<string> Methods => [.. RpcTable.All.Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Call_WithTooManyOrTooFewParameters_Minus1WithTheUsage(string name)
    {
        var method = RpcTable.Find(name)!;
        var many = new JsonArray([.. Enumerable.Repeat((JsonNode?)null, method.Arguments.Length + 1)]);
        await Fields.FailsAsync(RpcErrorCode.Misc, method.Help, () => _chain.CallTextAsync(name, many.ToJsonString()));
        if (method.Required > 0) await Fields.FailsAsync(RpcErrorCode.Misc, method.Help, () => _chain.CallTextAsync(name, "[]"));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Call_WithAParameterOfAWrongType_Minus3WithItsPlaceAndName(string name)
    {
        var method = RpcTable.Find(name)!;
        for (var i = 0; i < method.Arguments.Length; i++)
        {
            var argument = method.Arguments[i];
            if (argument.Type.JsonType() is not { } expected) continue;
            var values = new JsonArray([.. method.Arguments.Select(a => (JsonNode?)Fitting(a))]);
            values[i] = expected == "bool" ? "text" : true;
            var words = RpcParameter.Mismatch(expected == "bool" ? "string" : "bool", expected);
            await Fields.FailsAsync(RpcErrorCode.TypeError, $"\"Position {i + 1} ({string.Join('|', argument.Names)})\": \"{words}\"", () => _chain.CallTextAsync(name, values.ToJsonString()));
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Call_WithAnUnknownName_Minus8WithTheName(string name)
    {
        if (Free.Contains(name)) return;
        await Fields.FailsAsync(RpcErrorCode.InvalidParameter, "Unknown named parameter nosuchname", () => _chain.CallTextAsync(name, """{"nosuchname": 1}"""));
    }

    [Fact]
    public void Table_HasTheMethodsThatToolsLookFor()
    {
        string[] expected =
        [
            "getbestblockhash", "getblock", "getblockchaininfo", "getblockcount", "getblockhash", "getblockheader", "getblockstats", "getchaintips", "getchaintxstats", "getdifficulty", "gettxout",
            "gettxoutsetinfo", "gettxoutproof", "verifytxoutproof", "getmempoolinfo", "getrawmempool", "getmempoolentry", "getmempoolancestors", "getmempooldescendants", "savemempool", "invalidateblock",
            "reconsiderblock", "preciousblock", "verifychain", "waitfornewblock", "waitforblock", "waitforblockheight", "scantxoutset",
            "generatetoaddress", "generateblock", "getblocktemplate", "submitblock", "submitheader", "getmininginfo", "getnetworkhashps", "prioritisetransaction", "setgenerate",
            "addnode", "disconnectnode", "getconnectioncount", "getnetworkinfo", "getpeerinfo", "getnodeaddresses", "ping", "setban", "listbanned", "clearbanned", "setnetworkactive", "getaddednodeinfo",
            "getnettotals",
            "createrawtransaction", "decoderawtransaction", "decodescript", "getrawtransaction", "sendrawtransaction", "testmempoolaccept", "signrawtransactionwithkey", "combinerawtransaction",
            "createpsbt", "decodepsbt", "combinepsbt", "finalizepsbt", "walletprocesspsbt",
            "createwallet", "loadwallet", "unloadwallet", "listwallets", "getwalletinfo", "getnewaddress", "getrawchangeaddress", "getaddressinfo", "getbalance", "getbalances", "listunspent",
            "listtransactions", "listsinceblock", "gettransaction", "sendtoaddress", "sendmany", "settxfee", "importprivkey", "dumpprivkey", "importaddress", "rescanblockchain", "backupwallet",
            "encryptwallet", "walletpassphrase", "walletlock", "walletpassphrasechange", "signmessage", "verifymessage", "signrawtransactionwithwallet", "fundrawtransaction", "lockunspent",
            "listlockunspent", "abandontransaction", "bumpfee", "setlabel", "getaddressesbylabel", "listlabels", "getreceivedbyaddress", "listreceivedbyaddress", "keypoolrefill",
            "validateaddress", "createmultisig", "estimatesmartfee", "signmessagewithprivkey", "uptime", "help", "stop", "getrpcinfo", "logging", "setmocktime", "syncwithvalidationinterfacequeue",
            "getindexinfo", "getmemoryinfo", "echo",
        ];
        Assert.Empty(expected.Except(RpcTable.All.Select(method => method.Name)));
    }

    public void Dispose() => _chain.Dispose();

    /// <summary>A value of the right type; what it says does not matter, since the types are looked at first.</summary>
    private static JsonNode? Fitting(RpcParameter argument) => argument.Type switch
    {
        RpcType.Text or RpcType.Hex => "00",
        RpcType.Number or RpcType.Amount => 1,
        RpcType.Flag => true,
        RpcType.List => new JsonArray(),
        RpcType.Members => new JsonObject(),
        _ => null,
    };
}
