using System.CommandLine;
using System.Globalization;

namespace Chain.Node.Commands;

/// <summary>Options that are whole numbers, and what is said where the text is none.</summary>
internal static class NumberOption
{
    public static Option<int?> Create(string name, string description, string helpName, bool recursive = false) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Recursive = recursive,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
            result.AddError($"{name} {text} is no whole number.");
            return null;
        },
    };
}
