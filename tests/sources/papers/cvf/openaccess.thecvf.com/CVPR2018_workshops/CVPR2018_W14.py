<!DOCTYPE html>
<html>
<head>
<meta http-equiv="content-type" content="text/html; charset=utf-8">
<title>CVPR 2018 Workshops</title>
</head>
<body>
<div id="header"><a href="https://www.thecvf.com/">The Computer Vision Foundation</a></div>
<div id="content">
<h3>No Papers</h3>
<dl>
<dd>[<a href="menu.py">Go back</a>]<br></dd>
</dl>
</div>
</body>
</html>
