using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Chain.Node.Rpc;

/// <summary>
/// A method: its name, its parameters (words of the form that <see cref="RpcParameter.Parse"/> reads), what it is for, and
/// what it does.
/// </summary>
public sealed record RpcMethod(string Name, string Parameters, string Summary, Func<RpcContext, RpcParams, CancellationToken, Task<JsonNode?>> Run)
{
    /// <summary>The category of methods that no list names: for tests, as in Core.</summary>
    public const string Hidden = "hidden";

    private ImmutableArray<RpcParameter> _arguments;
    private string[]? _names;

    /// <summary>The heading under which help lists it; null for that of its group in <see cref="RpcTable"/>.</summary>
    public string? Category { get; init; }

    /// <summary>What else is to be known: what the parameters and the answer mean. May be empty.</summary>
    public string Details { get; init; } = "";

    /// <summary>All parameters in order.</summary>
    public ImmutableArray<RpcParameter> Arguments => _arguments.IsDefault ? _arguments = ParseAll(Parameters) : _arguments;

    /// <summary>The names of all parameters in order.</summary>
    public IReadOnlyList<string> ParameterNames => _names ??= [.. Arguments.Select(argument => argument.Name)];

    /// <summary>How many parameters must be given: all up to the last that cannot be left out.</summary>
    public int Required
    {
        get
        {
            var count = Arguments.Length;
            while (count > 0 && Arguments[count - 1].IsOptional) count--;
            return count;
        }
    }

    /// <summary>The line that shows a call: texts in quotation marks, what may be left out in parentheses.</summary>
    public string Usage
    {
        get
        {
            var words = new List<string> { Name };
            var isOptional = false;
            foreach (var argument in Arguments)
            {
                if (argument.IsOptional != isOptional) words.Add(argument.IsOptional ? "(" : ")");
                isOptional = argument.IsOptional;
                words.Add(argument.ToString());
            }

            if (isOptional) words.Add(")");
            return string.Join(' ', words);
        }
    }

    /// <summary>What help says instead of what it would put together; null for that.</summary>
    public string? HelpText { get; init; }

    /// <summary>All that help says about it.</summary>
    public string Help
    {
        get
        {
            if (HelpText is not null) return HelpText;
            var lines = new List<string> { Usage, "", $"{char.ToUpperInvariant(Summary[0])}{Summary[1..]}." };
            if (!Arguments.IsEmpty) lines.AddRange(["", "Parameters:"]);
            lines.AddRange(Arguments.Select((argument, i) => $"{i + 1}. {Describe(argument)}"));
            if (Details.Length > 0) lines.AddRange(["", Details]);
            return string.Join('\n', lines);
        }
    }

    /// <summary>Throws with Core's code and words where the number of values, or the type of one, is wrong.</summary>
    public void Check(IReadOnlyList<JsonNode?> values)
    {
        if (values.Count < Required || values.Count > Arguments.Length) throw new RpcException(RpcErrorCode.Misc, Help);
        var mismatches = new List<(string Place, string What)>();
        for (var i = 0; i < Arguments.Length; i++)
        {
            if (Arguments[i].FindMismatch(values.ElementAtOrDefault(i)) is { } mismatch)
                mismatches.Add(($"Position {i + 1} ({string.Join('|', Arguments[i].Names)})", mismatch));
        }

        if (mismatches.Count == 0) return;
        var members = mismatches.Select(pair => $"    \"{pair.Place}\": \"{pair.What}\"");
        throw new RpcException(RpcErrorCode.TypeError, $"Wrong type passed:\n{{\n{string.Join(",\n", members)}\n}}");
    }

    private static ImmutableArray<RpcParameter> ParseAll(string parameters) =>
        [.. parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(RpcParameter.Parse)];

    private static string Describe(RpcParameter argument)
    {
        var options = argument.Options.IsEmpty ? "" : $", with {string.Join(", ", argument.Options)}";
        var others = argument.Names.Length == 1 ? "" : $", also called {string.Join(", ", argument.Names[1..])}";
        return $"{argument.Name} ({argument.Type.Word()}, {(argument.IsOptional ? "may be left out" : "required")}{others}{options})";
    }
}
