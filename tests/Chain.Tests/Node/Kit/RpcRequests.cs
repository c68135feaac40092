using System.Globalization;
using System.Text.Json;
using Chain.Core.Consensus;
using Chain.Node.Rpc;
using Chain.Tests.Kit;

namespace Chain.Tests.Node.Kit;

/// <summary>Draws requests for every method: sound ones, such with values of other types and sizes, and damaged text.</summary>
internal static class RpcRequests
{
    private static readonly string[] Odd =
    [
        "null", "true", "false", "0", "1", "-1", "2", "0.5", "-0", "1e5", "1e400", "-1e400", "2147483647", "2147483648", "4294967295", "4294967296",
        "9223372036854775808", "18446744073709551616", "1" + new string('0', 400), "0." + new string('0', 400) + "1", "\"\"", "\" \"", "\"0\"", "\"zz\"", "\"\\u0000\"", "\"\\ud800\"",
        "\"\\udc00x\"", "\"é漢\"", "[]", "{}", "[[]]", "[null]", "{\"a\":1}", "{\"\\ud800\":1}", "{\"\":{}}", "\"" + new string('0', 64) + "\"", "\"" + new string('f', 63) + "\"", "\"" + new string('g', 64) + "\"",
    ];

    /// <summary>Methods that would end the test, the node, or reach out of this machine where all their parameters are sound.</summary>
    private static readonly string[] Harmful = ["stop", "generatetoaddress", "addnode", "backupwallet", "restorewallet", "createwallet"];

    /// <summary>All methods but those that wait for blocks, which nobody makes here.</summary>
    private static RpcMethod[] Methods => [.. RpcTable.All.Where(method => !method.Name.StartsWith("waitfor", StringComparison.Ordinal))];

    public static string Draw(Generate g, ChainParams p)
    {
        var request = g.Between(0, 9) == 0 ? "[" + string.Join(',', Enumerable.Range(0, g.Between(0, 4)).Select(_ => Call(g, p))) + "]" : Call(g, p);

        // Of a call that is refused for its parameters the damage may leave one without any.
        if (g.Between(0, 4) != 0 || request.Contains("\"stop\"", StringComparison.Ordinal)) return request;
        return System.Text.Encoding.UTF8.GetString(g.Mutate(System.Text.Encoding.UTF8.GetBytes(request)));
    }

    private static string Call(Generate g, ChainParams p)
    {
        var method = g.OneOf(Methods);
        var isHarmful = Harmful.Contains(method.Name);
        var count = method.Name == "stop" ? g.Between(1, 3) : g.Between(0, 3) == 0 ? g.Between(0, 4) : g.Between(method.Required, method.ParameterNames.Count);
        var values = Enumerable.Range(0, count).Select(i => isHarmful || g.Between(0, 2) == 0 ? g.OneOf(Odd) : Sound(g, p, method, i)).ToList();
        var parameters = g.Between(0, 9) switch
        {
            0 => g.OneOf(Odd),
            1 => "{" + string.Join(',', values.Select((value, i) => $"\"{method.ParameterNames.ElementAtOrDefault(i) ?? "more"}{(i >= method.ParameterNames.Count ? i : "")}\":{value}")) + "}",
            _ => "[" + string.Join(',', values) + "]",
        };
        if (method.Name == "stop") parameters = "[1,2]";
        var name = g.Between(0, 19) == 0 ? g.OneOf(Odd) : $"\"{method.Name}\"";
        var version = g.Between(0, 2) switch { 0 => "", 1 => "\"jsonrpc\":\"2.0\",", _ => $"\"jsonrpc\":{g.OneOf(Odd)}," };
        var id = g.Between(0, 3) == 0 ? "" : $"\"id\":{(g.Bool() ? "1" : g.OneOf(Odd))},";
        return $"{{{version}{id}\"method\":{name},\"params\":{parameters}}}";
    }

    private static string Sound(Generate g, ChainParams p, RpcMethod method, int index) => (method.ParameterNames.ElementAtOrDefault(index) ?? "") switch
    {
        "height" or "nblocks" or "n" or "nodeid" or "verbosity" or "hash_or_height" or "checklevel" or "conf_target" => g.Between(-1, 3).ToString(CultureInfo.InvariantCulture),
        "verbose" when method.Name == "getblock" => g.Between(0, 2).ToString(CultureInfo.InvariantCulture),
        "verbose" or "include_mempool" or "state" => g.Bool() ? "true" : "false",
        "blockhash" => $"\"{p.Genesis.Hash}\"",
        "txid" => $"\"{p.Genesis.Transactions[0].Id}\"",
        "address" when method.Name == "disconnectnode" => "\"127.0.0.1:1\"",
        "address" => $"\"{p.AddressOf(Keys.Miner)}\"",
        "hexstring" or "rawtx" => $"\"{Hex.Of(g.Mutate((g.Bool() ? g.Transaction() : p.Genesis.Transactions[0]).Raw.Span))}\"",
        "hexdata" => $"\"{Hex.Of(g.Bool() ? p.Genesis.Raw.Span : g.Mutate(p.Genesis.Raw.Span))}\"",
        _ => JsonSerializer.Serialize(g.OneOf(Methods).Name),
    };
}
