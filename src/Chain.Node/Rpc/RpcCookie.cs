using System.Security.Cryptography;
using System.Text;

namespace Chain.Node.Rpc;

/// <summary>
/// The file that lets a command of the same user in: a name and 32 random bytes in hexadecimal, as HTTP basic
/// authentication wants them. Made at each start with mode 0600, removed at the stop (Core: .cookie).
/// </summary>
internal static class RpcCookie
{
    /// <summary>The name that who shows the cookie has.</summary>
    public const string User = "__cookie__";

    /// <summary>The text of a new cookie.</summary>
    public static string NewText() => $"{User}:{RandomNumberGenerator.GetHexString(64, lowercase: true)}";

    /// <summary>What lets in who shows a cookie.</summary>
    public static RpcCredential Credential(string cookie) => RpcCredential.FromPassword(User, cookie[(User.Length + 1)..]);

    /// <summary>Writes a cookie in the place of what a killed node left. Who sees the file sees all of it.</summary>
    public static void Write(string path, string text)
    {
        var unfinished = path + ".tmp";
        File.Delete(unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(unfinished, options))
        {
            writer.Write(text);
        }

        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Reads the cookie of a running node; null where there is none, or it is not for this user.</summary>
    public static string? TryRead(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The value of the Authorization header.</summary>
    public static string Header(string cookie) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(cookie));
}
