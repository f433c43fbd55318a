<!DOCTYPE html>
<html>
<head>
<meta http-equiv="content-type" content="text/html; charset=utf-8">
<title>CVPR 2018 Open Access Repository</title>
</head>
<body>
<div id="header"><a href="https://www.thecvf.com/">The Computer Vision Foundation</a></div>
<div id="content">
<dl>
<dd>[<a href="menu.py">Go back</a>]<br></dd>
<dd><a href="CVPR2018.py?day=2018-06-19">Day 1: 2018-06-19</a></dd>
<dd><a href="CVPR2018.py?day=2018-06-20">Day 2: 2018-06-20</a></dd>
</dl>
</div>
</body>
</html>
