using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chain.Node.Rpc;

/// <summary>
/// One call as it came: id, version, method and parameters, or what keeps it from being one (Core: JSONRPCRequest::parse).
/// A call of version 2.0 without an id is a notification: nothing answers it, not even its error.
/// </summary>
internal sealed class RpcRequest
{
    private RpcRequest()
    {
    }

    /// <summary>What keeps it from being a call; null where nothing does.</summary>
    public RpcException? Problem { get; private set; }

    /// <summary>Whether it is of version 2.0; all others are answered in the form of 1.1.</summary>
    public bool IsVersion2 { get; private set; }

    /// <summary>Whether the request had an id, or was none, so that the answer has one.</summary>
    public bool HasId { get; private set; } = true;

    /// <summary>The id; null also where it is that.</summary>
    public JsonNode? Id { get; private set; }

    /// <summary>The method's name.</summary>
    public string Method { get; private set; } = "";

    /// <summary>The parameters by position or by name; null where there are none.</summary>
    public JsonNode? Parameters { get; private set; }

    /// <summary>Whether nobody waits for an answer.</summary>
    public bool IsNotification => IsVersion2 && !HasId;

    /// <summary>What stands for a request that could not be read.</summary>
    public static RpcRequest Unreadable { get; } = new();

    /// <summary>Reads a request. The element's texts must have been looked at before.</summary>
    public static RpcRequest Parse(JsonElement json)
    {
        var request = new RpcRequest();

        // What is asked for must not hang on which of two methods a reader takes.
        if (RepeatedNames.Find(json) is not null) request.Problem = new RpcException(RpcErrorCode.ParseError, "Parse error");
        else if (request.Read(json) is { } problem) request.Problem = new RpcException(RpcErrorCode.InvalidRequest, problem);
        return request;
    }

    /// <summary>The answer; in the form of 1.1 both result and error stand in it, in 2.0 one of them.</summary>
    public JsonObject Answer(JsonNode? result, RpcException? error)
    {
        var answer = new JsonObject();
        if (IsVersion2) answer["jsonrpc"] = "2.0";
        if (error is null || !IsVersion2) answer["result"] = result;
        if (error is not null || !IsVersion2)
            answer["error"] = error is null ? null : new JsonObject { ["code"] = error.Code, ["message"] = error.Message };
        if (HasId) answer["id"] = Id?.DeepClone();
        return answer;
    }

    private string? Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) return "Invalid Request object";
        HasId = json.TryGetProperty("id", out var id);
        if (HasId) Id = RepeatedNames.ToNode(id);
        if (json.TryGetProperty("jsonrpc", out var version) && version.ValueKind != JsonValueKind.Null)
        {
            if (version.ValueKind != JsonValueKind.String) return "jsonrpc field must be a string";
            IsVersion2 = version.ValueEquals("2.0");

            // Older documents show this member, with their own versions in it.
            if (!IsVersion2 && !version.ValueEquals("1.0") && !version.ValueEquals("1.1")) return "JSON-RPC version not supported";
        }

        if (!json.TryGetProperty("method", out var method) || method.ValueKind == JsonValueKind.Null) return "Missing method";
        if (method.ValueKind != JsonValueKind.String) return "Method must be a string";
        Method = method.GetString()!;
        if (!json.TryGetProperty("params", out var parameters)) return null;
        if (RepeatedNames.Find(parameters) is { } name)
        {
            Problem = new RpcException(RpcErrorCode.InvalidParameter, $"Parameter {name} specified multiple times");
            return null;
        }

        Parameters = RepeatedNames.ToNode(parameters);
        return Parameters is null or JsonArray or JsonObject ? null : "Params must be an array or object";
    }
}
