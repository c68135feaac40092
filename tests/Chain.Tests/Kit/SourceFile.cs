namespace Chain.Tests.Kit;

/// <summary>A C# source file as far as its dependencies go: its namespace, the types that it declares, what it names.</summary>
public sealed class SourceFile
{
    private static readonly HashSet<string> TypeKeywords = ["class", "struct", "interface", "enum", "record"];

    public SourceFile(string path, string source)
    {
        Path = path;
        Tokens = SourceTokens.Of(source);
        Namespace = Tokens.Index().Where(t => t.Item == "namespace").Select(t => NameAt(t.Index + 1)).FirstOrDefault("");
        DeclaredTypes = [.. Tokens.Index().Where(t => IsDeclaration(t.Index)).Select(t => Tokens[t.Index + 1])];
        Usings = [.. Tokens.Index().Where(t => t.Item == "using").Select(t => UsingAt(t.Index + 1))];
    }

    public string Path { get; }

    public string Namespace { get; }

    public IReadOnlyList<string> Tokens { get; }

    /// <summary>The types that are declared here, nested ones too, without their namespace.</summary>
    public IReadOnlyCollection<string> DeclaredTypes { get; }

    /// <summary>The namespaces and types of the using directives.</summary>
    public IReadOnlyList<string> Usings { get; }

    /// <summary>All sources of a project, without what the build puts there.</summary>
    public static SourceFile[] ReadProject(string project)
    {
        var folder = System.IO.Path.Combine(Repository.Root, "src", project);
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: System.IO.Path.GetRelativePath(folder, path).Replace('\\', '/'), File: path))
            .Where(f => !f.Path.StartsWith("obj/", StringComparison.Ordinal) && !f.Path.StartsWith("bin/", StringComparison.Ordinal))
            .Select(f => new SourceFile(f.Path, File.ReadAllText(f.File)))
            .ToArray();
    }

    /// <summary>
    /// True where a namespace is named: in a using directive, in full, or from the namespace around on, as
    /// <c>Scripts.Opcode</c> means <c>Chain.Core.Scripts.Opcode</c> in all of <c>Chain.Core</c>.
    /// </summary>
    public bool NamesNamespace(string name)
    {
        if (Usings.Any(u => u == name || u.StartsWith(name + ".", StringComparison.Ordinal))) return true;
        for (var i = 0; i < Tokens.Count; i++)
        {
            if (i > 0 && Tokens[i - 1] is "." or "using" or "namespace") continue;
            if (!char.IsLetter(Tokens[i][0])) continue;
            var qualified = NameAt(i);
            if (Enclosing().Prepend("").Any(outer => (outer + qualified + ".").StartsWith(name + ".", StringComparison.Ordinal) && qualified.Contains('.')))
                return true;
        }

        return false;
    }

    /// <summary>True where a type of this namespace or one around it is named; a member of the same name is none.</summary>
    public bool NamesType(string type)
    {
        for (var i = 0; i < Tokens.Count; i++)
        {
            if (Tokens[i] != type) continue;
            var isMember = i > 1 && Tokens[i - 1] == "." && !Namespace.Split('.').Contains(Tokens[i - 2]);
            if (!isMember) return true;
        }

        return false;
    }

    private IEnumerable<string> Enclosing()
    {
        for (var outer = Namespace; outer.Length > 0; outer = outer.Contains('.') ? outer[..outer.LastIndexOf('.')] : "") yield return outer + ".";
    }

    private bool IsDeclaration(int at)
    {
        if (!TypeKeywords.Contains(Tokens[at]) || at + 1 == Tokens.Count) return false;
        var isConstraint = at > 0 && Tokens[at - 1] is ":" or "," or ".";
        var isName = char.IsLetter(Tokens[at + 1][0]) && !TypeKeywords.Contains(Tokens[at + 1]) && Tokens[at + 1] is not ("in" or "is" or "where");
        return !isConstraint && isName;
    }

    private string UsingAt(int at)
    {
        if (Tokens[at] == "static") at++;
        if (at + 1 < Tokens.Count && Tokens[at + 1] == "=") at += 2;
        return NameAt(at);
    }

    /// <summary>The dotted name that begins at a token; <c>global::</c> is left out.</summary>
    private string NameAt(int at)
    {
        if (Tokens[at] == "global" && at + 3 < Tokens.Count && Tokens[at + 1] == ":" && Tokens[at + 2] == ":") at += 3;
        var name = Tokens[at];
        for (; at + 2 < Tokens.Count && Tokens[at + 1] == "."; at += 2) name += "." + Tokens[at + 2];
        return name;
    }
}
