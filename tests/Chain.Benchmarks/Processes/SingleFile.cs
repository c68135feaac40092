using System.Runtime.InteropServices;

namespace Chain.Benchmarks.Processes;

/// <summary>Programs packed as scripts/publish.sh packs the executable: self-contained, compiled ahead, trimmed, one file.</summary>
public static class SingleFile
{
    /// <summary>The executable.</summary>
    public static async Task<string> ChainAsync()
    {
        _ = await ChainProgram.RunAsync(ChainProgram.Start(["bash", "scripts/publish.sh", "--no-test"], [])).ConfigureAwait(false);
        return Path.GetFullPath($"artifacts/publish/{RuntimeInformation.RuntimeIdentifier}/chain");
    }

    /// <summary>A program that prints one line and does nothing else.</summary>
    public static async Task<string> EmptyAsync()
    {
        var folder = Directory.CreateDirectory("artifacts/empty").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "empty.csproj"), """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType></PropertyGroup></Project>""").ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), "System.Console.WriteLine(0);\n").ConfigureAwait(false);
        _ = await ChainProgram.RunAsync(ChainProgram.Start(["dotnet", "publish"],
        [
            folder, "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "-v", "quiet", "-o", Path.Combine(folder, "published"),
            "-p:PublishSingleFile=true", "-p:PublishTrimmed=true", "-p:PublishReadyToRun=true", "-p:DebugType=none", "-p:PublishDocumentationFiles=false",
            .. RuntimeInformation.ProcessArchitecture == Architecture.X64 ? ["-p:PublishReadyToRunCrossgen2ExtraArgs=--instruction-set:x86-64-v3"] : Array.Empty<string>(),
        ])).ConfigureAwait(false);
        return Path.Combine(folder, "published", "empty");
    }
}
