using System.Text.Json.Nodes;

namespace Chain.Node.Commands;

/// <summary>The one JSON object that a command with <c>--json</c> leaves on stderr: what went wrong, and what must be known beside the data.</summary>
internal static class ErrorText
{
    /// <summary>What went wrong, and what is done already where that is something.</summary>
    public static string Json(string message, int status, JsonObject? done, IEnumerable<string> notes, string? details)
    {
        var error = new JsonObject { ["status"] = status, ["message"] = message };
        if (done is not null) error["done"] = done.DeepClone();
        if (List(notes) is { Count: > 0 } list) error["notes"] = list;
        if (details is not null) error["details"] = details;
        return new JsonObject { ["error"] = error }.ToJsonString(CommandRun.OneLine);
    }

    /// <summary>What must be known beside the data of a command that did what it was asked.</summary>
    public static string Notes(IEnumerable<string> notes) => new JsonObject { ["notes"] = List(notes) }.ToJsonString(CommandRun.OneLine);

    private static JsonArray List(IEnumerable<string> notes) => [.. notes.Select(note => (JsonNode)JsonValue.Create(note))];
}
