namespace Chain.Node.Commands;

/// <summary>What was probably meant by a word that nothing is called.</summary>
internal static class Spelling
{
    private const int MostMeant = 3;

    /// <summary>The names nearest to a word, of which some letters may be missing, too many, others, or in another order; none where all are far.</summary>
    public static IReadOnlyList<string> FindMeant(string word, IEnumerable<string> names)
    {
        var typed = word.ToLowerInvariant();
        var near = names.Distinct().Select(name => (Name: name, Distance: DistanceOf(typed, name))).Where(pair => pair.Distance <= Math.Max(1, pair.Name.TrimStart('-').Length / 3)).ToList();
        if (near.Count == 0) return [];
        var least = near.Min(pair => pair.Distance);
        return [.. near.Where(pair => pair.Distance == least).Select(pair => pair.Name).Order(StringComparer.Ordinal).Take(MostMeant)];
    }

    /// <summary>How many letters must be put in, taken out, changed or swapped with their neighbour (Damerau and Levenshtein); what is only not finished counts one.</summary>
    internal static int DistanceOf(string typed, string name)
    {
        if (typed.TrimStart('-').Length >= 3 && name.StartsWith(typed, StringComparison.Ordinal)) return typed.Length == name.Length ? 0 : 1;
        var rows = new int[typed.Length + 1, name.Length + 1];
        for (var i = 0; i <= typed.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= name.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= typed.Length; i++)
        {
            for (var j = 1; j <= name.Length; j++)
            {
                var changed = rows[i - 1, j - 1] + (typed[i - 1] == name[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(changed, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && typed[i - 1] == name[j - 2] && typed[i - 2] == name[j - 1]) rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[typed.Length, name.Length];
    }
}
