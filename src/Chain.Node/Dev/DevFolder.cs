namespace Chain.Node.Dev;

/// <summary>
/// The folder of a development chain that shall not stay. It is deleted with all that is in it, so that it must be beyond doubt
/// that 'chain dev' made it: a note may be old, and its path may be another's by now.
/// </summary>
internal static class DevFolder
{
    /// <summary>The file that tells that a folder was made to be deleted.</summary>
    internal const string Marker = ".chain-dev";

    private const string Prefix = "chain-dev-";

    /// <summary>Makes one among the temporary files, which only this user may use.</summary>
    internal static string Create()
    {
        var folder = Directory.CreateTempSubdirectory(Prefix).FullName;
        File.WriteAllText(Path.Combine(folder, Marker), "This folder was made by 'chain dev', and goes with its chain.\n");
        return folder;
    }

    /// <summary>Deletes a folder that <see cref="Create"/> made; false where it is not beyond doubt that it did: then all stays.</summary>
    internal static bool TryDelete(string folder)
    {
        if (!IsOwn(folder)) return false;
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // A command that looked whether the node runs left its lock meanwhile.
            Directory.Delete(folder, recursive: true);
        }

        return true;
    }

    /// <summary>Whether <see cref="Create"/> made it: by its name, its mark, its owner, and since it is no link.</summary>
    internal static bool IsOwn(string folder)
    {
        if (!Path.IsPathFullyQualified(folder) || Path.GetFullPath(folder) != folder || !Path.GetFileName(folder).StartsWith(Prefix, StringComparison.Ordinal)) return false;
        var marker = new FileInfo(Path.Combine(folder, Marker));
        return UserFolder.IsOwn(folder) && marker is { Exists: true, LinkTarget: null };
    }
}
