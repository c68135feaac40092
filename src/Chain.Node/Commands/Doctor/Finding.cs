namespace Chain.Node.Commands.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum FindingKind
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Something to know, that keeps nothing from working.</summary>
    Note,

    /// <summary>Something that keeps a part from working.</summary>
    Problem,
}

/// <summary>What was looked at, what was found, and what to do about it.</summary>
internal sealed record Finding(FindingKind Kind, string What, string Found, string? Advice = null)
{
    public static Finding Good(string what, string found) => new(FindingKind.Good, what, found);

    public static Finding Note(string what, string found, string? advice = null) => new(FindingKind.Note, what, found, advice);

    public static Finding Problem(string what, string found, string advice) => new(FindingKind.Problem, what, found, advice);

    /// <summary>The word that stands before it.</summary>
    public string Word => Kind switch
    {
        FindingKind.Good => "ok",
        FindingKind.Note => "note",
        _ => "problem",
    };
}
