namespace Chain.Tests.Kit;

/// <summary>A test on a file of published vectors, reported as skipped by name where the file is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class VectorFactAttribute : FactAttribute
{
    public VectorFactAttribute(string file)
    {
        File = file;
        if (!Vectors.Has(file)) Skip = $"../shared/vectors/{file} is not beside this checkout";
    }

    public string File { get; }
}
