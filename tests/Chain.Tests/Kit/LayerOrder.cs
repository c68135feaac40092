namespace Chain.Tests.Kit;

/// <summary>
/// The order of a project's parts, highest first. A part is a folder, or a file and those that belong to it; it may name
/// itself and what stands in a later row, and nothing else that is listed.
/// </summary>
public sealed class LayerOrder
{
    private readonly string _namespace;
    private readonly Part[][] _rows;

    public LayerOrder(string rootNamespace, params Part[][] rows)
    {
        _namespace = rootNamespace;
        _rows = rows;
    }

    /// <summary>Every place where a file names a part that it must not see, as a sentence.</summary>
    public IReadOnlyList<string> FindViolations(IReadOnlyCollection<SourceFile> files) =>
    [
        .. from file in files
           from row in _rows.Index()
           from part in row.Item
           where part.Holds(file.Path)
           from other in _rows.Take(row.Index + 1).SelectMany(r => r)
           where other != part && Names(file, other, files)
           select $"{file.Path} is of {part.Name} and names {other.Name}",
    ];

    /// <summary>The files that belong to no part.</summary>
    public IReadOnlyList<string> FindStrangers(IEnumerable<SourceFile> files) =>
        [.. files.Select(f => f.Path).Where(path => !_rows.SelectMany(r => r).Any(part => part.Holds(path)))];

    /// <summary>The files that the order names and that are not there. A folder may still be to come.</summary>
    public IReadOnlyList<string> FindMissing(IEnumerable<SourceFile> files) =>
        [.. _rows.SelectMany(r => r).SelectMany(part => part.Files).Select(file => file + ".cs").Except(files.Select(f => f.Path))];

    private bool Names(SourceFile file, Part part, IEnumerable<SourceFile> files)
    {
        if (part.IsFolder && file.NamesNamespace($"{_namespace}.{part.Name}")) return true;
        var visible = files.Where(f => part.Holds(f.Path) && (file.Namespace + ".").StartsWith(f.Namespace + ".", StringComparison.Ordinal));
        return visible.SelectMany(f => f.DeclaredTypes).Any(file.NamesType);
    }

    /// <summary>A folder of the project, or files in its root, by name without ending.</summary>
    public sealed record Part(string Name, params string[] Files)
    {
        public bool IsFolder => Files.Length == 0;

        public bool Holds(string path) =>
            IsFolder ? path.StartsWith(Name + "/", StringComparison.Ordinal) : Files.Any(file => path == file + ".cs");
    }
}
