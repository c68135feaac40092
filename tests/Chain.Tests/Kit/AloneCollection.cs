namespace Chain.Tests.Kit;

/// <summary>Tests that measure the process and therefore run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class AloneCollection
{
    public const string Name = "alone";
}
