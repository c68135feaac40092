using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands;

/// <summary>Calls of a method that a person typed: what the node says of a call that makes no sense comes with what to do about it.</summary>
internal static class RpcAdvice
{
    /// <summary>Calls the method.</summary>
    public static async Task<JsonNode?> CallAsync(INodeClient client, string method, JsonNode parameters, CancellationToken cancellationToken)
    {
        try
        {
            return await client.CallAsync(method, parameters, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e) when (Find(e, method) is { } advice)
        {
            throw CommandException.FromRpc(e.Code, advice);
        }
    }

    /// <summary>What went wrong with the next step; null where the node's own words will do.</summary>
    private static string? Find(RpcException e, string method)
    {
        var help = $"'chain rpc help {method}' tells what it takes.";
        return e.Code switch
        {
            RpcErrorCode.MethodNotFound when Spelling.FindMeant(method, RpcTable.All.Select(known => known.Name).Where(name => name != method)) is { Count: > 0 } meant =>
                $"{e.Message.TrimEnd('.')}. Did you mean {string.Join(" or ", meant.Select(name => $"'{name}'"))}? 'chain rpc help' lists the methods that there are.",
            RpcErrorCode.Misc when RpcTable.Find(method) is { } known && e.Message == known.Help => $"These are not the parameters that it has. It is called so: {known.Usage}. {help}",
            RpcErrorCode.TypeError or RpcErrorCode.InvalidParameter or RpcErrorCode.MethodDeprecated => $"{OneLine(e.Message)}. {help}",
            _ => null,
        };
    }

    /// <summary>The message without the layout of several lines, and without its full stop.</summary>
    private static string OneLine(string message) =>
        string.Join(' ', message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).TrimEnd('.');
}
