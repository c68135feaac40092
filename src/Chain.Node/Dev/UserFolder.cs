using System.Runtime.InteropServices;

namespace Chain.Node.Dev;

/// <summary>
/// A folder for notes from one command of a user to another: in XDG_RUNTIME_DIR, else in the user's own application data. It
/// counts only where nobody else can write in it or read it: another user of the machine must not lead a command astray.
/// </summary>
internal static partial class UserFolder
{
    /// <summary>The variable that names a folder which is the user's alone (https://specifications.freedesktop.org/basedir).</summary>
    internal const string RuntimeVariable = "XDG_RUNTIME_DIR";

    private const string Name = "chain";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const int AtCurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint WantsUser = 0x8;
    private const int StatxSize = 256;
    private const int StatxUserAt = 20;

    /// <summary>The folder; null where it is not there, or is not the user's alone.</summary>
    internal static string? Find(Func<string, string?> environment) => PathOf(environment) is var path && IsOwn(path) ? path : null;

    /// <summary>The folder, made where it is not there. Throws where it is not the user's alone.</summary>
    internal static string Open(Func<string, string?> environment)
    {
        var path = PathOf(environment);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
        return IsOwn(path)
            ? path
            : throw new CommandException($"The folder {path} is not yours alone: others could write in it. Remove it, or set {RuntimeVariable} to a folder that only you may use.");
    }

    private static string PathOf(Func<string, string?> environment)
    {
        if (environment(RuntimeVariable) is { Length: > 0 } runtime && Directory.Exists(runtime)) return Path.Combine(runtime, Name);
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length > 0 ? Path.Combine(data, Name) : Path.Combine(Path.GetTempPath(), $"{Name}-{Environment.UserName}");
    }

    /// <summary>A folder, no link, of this user, which only its owner may use.</summary>
    internal static bool IsOwn(string path)
    {
        var info = new DirectoryInfo(path);
        if (!info.Exists || info.LinkTarget is not null) return false;
        if (OperatingSystem.IsWindows()) return true;
        if ((info.UnixFileMode & ~OwnerOnly) != 0) return false;
        return OperatingSystem.IsLinux() ? IsOfThisUser(path) : CanChangeMode(path);
    }

    /// <summary>statx has the same layout on every processor, which stat has not; old systems and some cages have it not.</summary>
    private static unsafe bool IsOfThisUser(string path)
    {
        try
        {
            var result = stackalloc byte[StatxSize];
            return Statx(AtCurrentFolder, path, NoFollow, WantsUser, result) == 0 ? *(uint*)(result + StatxUserAt) == EffectiveUser() : CanChangeMode(path);
        }
        catch (EntryPointNotFoundException)
        {
            return CanChangeMode(path);
        }
    }

    /// <summary>Only the owner may, and who may do everything.</summary>
    private static bool CanChangeMode(string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, OwnerOnly);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
